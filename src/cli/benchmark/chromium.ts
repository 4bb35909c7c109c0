import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, rmSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { orUndefined } from '../../node/or-undefined.ts';
import { failure, type Io } from '../io.ts';

/** What the browser is called on a path, and where systems without one have it. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The browser of `--chromium`, of the environment's CHROMIUM, or of this machine. @throws a failure where there is none */
export function findChromium(asked: string | undefined, { cwd, env }: Io): string {
  const named = asked ?? env.CHROMIUM;
  if (named) {
    const path = isAbsolute(named) || /[/\\]/.test(named) ? resolve(cwd, named) : onPath(named, env.PATH);
    if (path !== undefined && isExecutable(path)) return path;
    throw failure(`there is no browser '${named}' (${asked === undefined ? 'CHROMIUM' : '--chromium'})`);
  }
  const found = names.map((name) => onPath(name, env.PATH ?? process.env.PATH)).find((path) => path !== undefined);
  const path = found ?? places.find(isExecutable);
  if (path !== undefined) return path;
  throw failure('no Chromium or Chrome is found here: --chromium PATH, or --device with any browser anywhere');
}

function onPath(name: string, path = ''): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser without a window that shows a page. */
export interface Headless {
  /** Rejects when it ends before it is closed, with what it said last. */
  readonly ended: Promise<never>;
  close(): Promise<void>;
}

/**
 * Starts a browser. Its end of a pipe keeps it alive: it ends with this process, however that ends.
 * @param profile a folder of its own in a temporary one, both removed where a signal ends the program.
 */
export function startChromium(path: string, profile: string, url: string, withGpu: boolean): Headless {
  const flags = [
    '--headless=new',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-extensions',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    // the page's memory at once, and not when the browser next cleans up
    '--enable-blink-features=ForceEagerMeasureMemory',
    ...(withGpu
      ? ['--enable-unsafe-webgpu', ...(process.platform === 'linux' ? ['--enable-features=Vulkan'] : [])]
      : []),
    // what runs as root has no sandbox
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  // a socket of the browser's goes to the temporary folder too, and stays there: in ours, where its name is not too long for one
  const temporary = dirname(profile);
  const isShort = temporary.length <= 48;
  const child = spawn(path, [...flags, url], {
    env: { ...process.env, ...(isShort && { TMPDIR: temporary }) },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // a group of its own, to be ended whole
    detached: process.platform !== 'win32',
  });
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-2000);
  });
  for (const stream of child.stdio) stream?.on('error', () => {});
  const onExit = () => {
    endGroup(child);
    rmSync(isShort ? temporary : profile, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', onExit);
  let isClosed = false;
  const gone = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (e) => reject(failure(`'${path}' does not start: ${e.message}`)));
    child.once('exit', (code, signal) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      if (!isClosed) reject(failure(`the browser has ended (${code ?? signal})${last ? `: ${last}` : ''}`));
    });
  });
  ended.catch(() => {});
  return {
    ended,
    async close() {
      isClosed = true;
      endGroup(child);
      await gone;
      process.removeListener('exit', onExit);
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  orUndefined(() => process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL'));
}
