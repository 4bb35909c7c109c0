import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** Where code-server is installed: by scripts/install-code-server.sh, or where ENET_CODE_SERVER says. */
export function findCodeServer(): { node: string; entry: string } | undefined {
  const folder = resolve(root, process.env.ENET_CODE_SERVER ?? '.venv/code-server');
  const entry = join(folder, 'node_modules/code-server/out/node/entry.js');
  const packages = join(folder, 'node/node_modules');
  if (!existsSync(join(folder, 'ready')) || !existsSync(entry) || !existsSync(packages)) return undefined;
  const name = readdirSync(packages).find((n) => n.startsWith('node-') && existsSync(join(packages, n, 'bin/node')));
  return name === undefined ? undefined : { node: join(packages, name, 'bin/node'), entry };
}

export function findChromium(): string | undefined {
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return [process.env.CHROMIUM, ...usual].find((path) => path !== undefined && existsSync(path));
}

export interface CodeServer {
  readonly url: string;
  /** The process that leads all the others of it. */
  readonly pid: number;
  /** The folder that is open in it, an empty one at first. */
  readonly workspace: string;
  stop(): Promise<void>;
}

/** Settings of an editor that shows nothing of its own accord. */
export const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'git.enabled': false,
  'files.autoSave': 'off',
};

/**
 * Starts code-server on the loopback with the extension installed, in folders of its own.
 * @param settings those of the user, whose place is the browser.
 * @param machineSettings those of the machine that the server runs on: the user's cannot name programs of it.
 * @throws Error with what it printed, when it does not answer within a minute.
 */
export async function startCodeServer(
  vsix: string,
  settings: Record<string, unknown> = {},
  machineSettings: Record<string, unknown> = {},
): Promise<CodeServer> {
  const found = findCodeServer();
  if (!found) throw new Error('code-server is not installed: run scripts/install-code-server.sh');
  const home = mkdtempSync(join(tmpdir(), 'enet-workbench-'));
  const workspace = join(home, 'workspace');
  mkdirSync(workspace);
  for (const [place, values] of Object.entries({ User: { ...quietSettings, ...settings }, Machine: machineSettings })) {
    mkdirSync(join(home, 'data', place), { recursive: true });
    writeFileSync(join(home, 'data', place, 'settings.json'), JSON.stringify(values));
  }
  const folders = ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
  const env = { ...cleanEnvironment(), HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
  execFileSync(found.node, [found.entry, ...folders, '--install-extension', vsix], { env, stdio: 'pipe' });
  const port = await freePort();
  const process_ = spawn(
    found.node,
    [
      found.entry,
      ...folders,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--session-socket', join(home, 'session.sock')],
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', workspace],
    ],
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const origin = `http://127.0.0.1:${port}`;
  await untilAnswers(process_, origin);
  return {
    url: `${origin}/?folder=${encodeURIComponent(workspace)}`,
    pid: process_.pid!,
    workspace,
    async stop() {
      const ended = new Promise((done) => process_.once('exit', done));
      // Its own children too: the group that it leads.
      process.kill(-process_.pid!, 'SIGTERM');
      await Promise.race([ended, new Promise((done) => setTimeout(done, 5000))]);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The tests' own Node and editor settings are not the server's. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|VITEST|VSCODE_|npm_)/.test(name)));
}

async function untilAnswers(server: ChildProcess, origin: string): Promise<void> {
  let printed = '';
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (text) => (printed += text));
  for (let waited = 0; waited < 60_000; waited += 250) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`code-server does not answer at ${origin}: ${printed}`);
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}
