import { existsSync } from 'node:fs';

/** The browser of tests, or undefined where there is none. */
export const browserPath = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

if (!browserPath) console.warn('skipped: no Chromium (set CHROMIUM to its path): nothing is measured in a browser');
