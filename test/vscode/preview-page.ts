import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { previewPage } from '../../editors/vscode/src/preview/html.ts';
import type { FromPage, ToPage } from '../../editors/vscode/src/preview/messages.ts';

const view = join(import.meta.dirname, '../../editors/vscode/src/preview/view');
const origin = 'http://preview.test';

export interface OpenPage {
  readonly page: Page;
  tell(message: ToPage): Promise<void>;
  /** What the page has said so far. */
  said(): Promise<FromPage[]>;
  /** Messages of the browser's console: errors of the script, and what the policy refused. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens the preview's page in Chromium with its own policy; in the editor's place stands a list of what it says. */
export async function openPreviewPage(
  executablePath: string,
  viewport: { width: number; height: number },
): Promise<OpenPage> {
  const bundle = await build({ entryPoints: [join(view, 'page.ts')], bundle: true, write: false, format: 'iife' });
  const html = previewPage({ script: '/page.js', style: '/page.css', source: origin, nonce: 'test' });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], timeout: 120_000 });
  const page = await browser.newPage({ viewport });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const bodies: Record<string, [type: string, body: string]> = {
    '/': ['text/html', html],
    '/page.js': ['text/javascript', bundle.outputFiles[0]!.text],
    '/page.css': ['text/css', readFileSync(join(view, 'page.css'), 'utf8')],
  };
  await page.route('**/*', (route) => {
    const [contentType, body] = bodies[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
    return route.fulfill({ contentType, body });
  });
  await page.addInitScript(`
    window.said = [];
    window.acquireVsCodeApi = () => ({ postMessage: (message) => window.said.push(message), setState() {} });
  `);
  await page.goto(`${origin}/`);
  return {
    page,
    complaints,
    tell: (message) => page.evaluate(`window.postMessage(${JSON.stringify(message)}, "*")`),
    said: () => page.evaluate('window.said') as Promise<FromPage[]>,
    close: () => browser.close(),
  };
}
