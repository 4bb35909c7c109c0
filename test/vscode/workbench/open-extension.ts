import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findChromium, findCodeServer, startCodeServer } from './code-server.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const root = resolve(import.meta.dirname, '../../..');

/** The extension, freshly built, in a workbench with some files. */
export interface OpenExtension {
  readonly bench: Workbench;
  /** The workspace's folder on the disk. */
  readonly workspace: string;
  /** What a file of the workspace holds on the disk. */
  read(name: string): string;
  write(name: string, text: string): void;
  /** Where a text stands in a file on the disk: line and column from 1; `within` characters into it. */
  find(name: string, text: string, within?: number): [line: number, column: number];
  /** Saves what is being edited. */
  save(): Promise<void>;
  /** The command lines of the server's processes, where the system tells them (Linux). */
  commandLines(): string[];
  close(): Promise<void>;
}

/** Why the extension cannot be tried in an editor here; undefined where it can. */
export function whyNotTried(): string | undefined {
  const missing = !findCodeServer()
    ? 'code-server is not installed (scripts/install-code-server.sh, or ENET_CODE_SERVER with its folder)'
    : !findChromium()
      ? 'there is no Chromium (set CHROMIUM to its path)'
      : undefined;
  if (missing) console.warn(`skipped: ${missing}: the extension is not tried in a real editor`);
  return missing;
}

/** Builds the extension of what `npm run build` has made. @returns a new folder with `vscode/` and `enet.vsix` */
export function buildExtension(): string {
  const folder = mkdtempSync(join(tmpdir(), 'enet-vsix-'));
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build-vsix.ts', folder], { cwd: root, stdio: 'pipe' });
  return folder;
}

/**
 * Builds the extension of what `npm run build` has made, and opens it in a code-server of its own.
 * @param files texts by name, for the workspace.
 */
export async function openExtension(
  files: Readonly<Record<string, string>>,
  settings: { user?: Record<string, unknown>; machine?: Record<string, unknown> } = {},
): Promise<OpenExtension> {
  const folder = buildExtension();
  const server = await startCodeServer(join(folder, 'enet.vsix'), settings.user, settings.machine);
  rmSync(folder, { recursive: true });
  const path = (name: string) => join(server.workspace, name);
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
  const bench = await openWorkbench(server, findChromium() as string).catch(async (error) => {
    await server.stop();
    throw error;
  });
  const read = (name: string) => readFileSync(path(name), 'utf8');
  return {
    bench,
    workspace: server.workspace,
    read,
    write: (name, text) => writeFileSync(path(name), text),
    find(name, text, within = 0) {
      const lines = read(name)
        .slice(0, read(name).indexOf(text) + within)
        .split('\n');
      return [lines.length, (lines.at(-1) as string).length + 1];
    },
    async save() {
      await bench.page.keyboard.press('Control+s');
      await bench.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    },
    commandLines: () => commandLinesBelow(server.pid),
    async close() {
      await bench.close();
      await server.stop();
    },
  };
}

/** The texts of the library that tests look at in the editor. */
export function libraryText(name: string): string {
  return readFileSync(join(root, `stdlib/${name}.enet`), 'utf8');
}

/** The command lines of a process and all that it has started. */
function commandLinesBelow(leader: number): string[] {
  const parents = new Map<number, number>();
  const lines = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name of the program, in parentheses, may hold anything; the parent is the second field after it.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      lines.set(Number(name), readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => pid === leader || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  return [...lines].filter(([pid]) => isBelow(pid)).map(([, line]) => line);
}
