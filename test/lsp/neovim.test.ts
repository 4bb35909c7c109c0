import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { stdlib } from '../../src/stdlib.generated.ts';
import { entry, workspace } from './client.ts';
import { net, units } from './editor-files.ts';

const nvim = process.env.ENET_NEOVIM ?? 'nvim';
const found = spawnSync(nvim, ['--version'], { encoding: 'utf8' });
const skipped = found.status !== 0;
if (skipped) console.warn('skipped: there is no nvim (Debian: apt-get install neovim): its set-up is not tried');
const name = found.stdout?.split('\n')[0] ?? '';
const minor = Number(/^NVIM v0\.(\d+)/.exec(name)?.[1] ?? (/^NVIM v[1-9]/.test(name) ? 99 : 0));
const old = minor < 11;
if (!skipped && old)
  console.warn(`skipped: ${name} is older than 0.11: vim.lsp.enable is not tried (ENET_NEOVIM may name another)`);

const files = { 'net.enet': net, 'units.enet': units, '.git/HEAD': '' };

/** What the scripts write of what they saw; each only some of it. */
interface Seen {
  readonly failed?: string;
  /** What Neovim said in its message area. */
  readonly messages: string;
  readonly [what: string]: unknown;
}

/** Runs a script in Neovim with the plugin folder. @returns what it saw. */
function drive(root: string, script: string, env: Record<string, string>): Seen {
  const plugin = resolve(import.meta.dirname, '../../editors/neovim');
  const path = resolve(import.meta.dirname, script);
  const args = ['--headless', '--clean', '--cmd', `set runtimepath^=${plugin}`, '-c', `luafile ${path}`];
  const ran = spawnSync(nvim, args, {
    encoding: 'utf8',
    timeout: 240_000,
    env: {
      ...process.env,
      HOME: root,
      XDG_STATE_HOME: root,
      XDG_CACHE_HOME: root,
      ENET_TEST_ROOT: root,
      ENET_TEST_DRIVER: resolve(import.meta.dirname, 'neovim-driver.lua'),
      ...env,
    },
  });
  const file = join(root, 'seen.json');
  if (!existsSync(file)) throw new Error(`Neovim saw nothing: ${ran.stderr}${ran.stdout}`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

const complaint = /deprecated|\bE\d+:/;

/** What neovim.lua sees, however the server was started. */
function expectAll(seen: Seen): void {
  expect(seen.failed).toBeUndefined();
  expect(seen.messages).not.toMatch(complaint);
  expect(seen.filetype).toBe('enet');
  expect(seen.diagnostic).toMatchObject({ code: 'unknown-name', line: 5 });
  expect(seen.actions).toEqual(["Write 'Unit'", 'Apply all safe fixes', 'Organize imports']);
  expect(seen.omnifunc).toBe('v:lua.vim.lsp.omnifunc');
  expect(seen.completed).toEqual({
    line: '  body: MBConv(16) -> fused: FusedMBConv()',
    // older ones put in the text alone
    import: `import { MBConv${minor >= 11 ? ', FusedMBConv' : ''} } from "std/blocks"`,
  });
  expect(seen.hover).toContain('block Unit(x, channels: int)');
  expect(seen.asked).toBe('Unit');
  expect(seen.renamed).toContain('block Cell(x, channels: int)');
  expect(seen.formatted).toContain('\n  stem: Cell(w(16))\n');
  expect(seen.library).toEqual({
    modifiable: false,
    name: expect.stringMatching(/enet-library:\/std\/blocks\.enet$/),
    line: expect.stringMatching(/^block MBConv\(/),
  });
  if (minor >= 10) expect(seen.libraryHover).toContain('Mobile inverted bottleneck');
  expect(seen.scaling).toEqual({ variant: 'b1' });
}

const command = JSON.stringify([process.execPath, entry, 'lsp']);

test.skipIf(skipped)(`Neovim (${name}) with the set-up of editors/neovim`, () => {
  expectAll(drive(workspace(files), 'neovim.lua', { ENET_TEST_CMD: command }));
});

test.skipIf(old)(`Neovim (${name}) by vim.lsp.enable alone`, () => {
  const root = workspace({ ...files, 'bin/enetc': `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n` });
  chmodSync(join(root, 'bin/enetc'), 0o755);
  expectAll(drive(root, 'neovim.lua', { PATH: join(root, 'bin') + delimiter + process.env.PATH }));
});

test.skipIf(minor < 10)(`Neovim (${name}) draws hints, and more from 0.11 and 0.12 on`, () => {
  const root = workspace({ 'efficientnet.enet': stdlib['std/efficientnet'] as string, '.git/HEAD': '' });
  const seen = drive(root, 'neovim-hints.lua', { ENET_TEST_CMD: command });
  expect(seen.failed).toBeUndefined();
  expect(seen.messages).not.toMatch(complaint);
  expect(seen.hints).toEqual(['= 7', '= 128', '→ 128 × 29 × 29']);
  expect(seen.token).toBe('class');
  expect(seen.others).toEqual(['= 5', '=  96', '→ 96 × 19 × 19']);
  expect(seen.symbols).toMatch(/\[Class\] EfficientNet\n[\s\S]*\[EnumMember\] b7\n[\s\S]*\[Field\] stages\n/);
  if (minor < 11) return;
  expect(seen.folds).toBe(2);
  expect(seen.signature).toContain('ConvBnAct(channels: int, kernel: size = 3');
  if (minor < 12) return;
  expect(seen.lenses).toContain('● b3 12.2 M [enet]');
  expect(seen.drawn).toMatch(/^ *b0 5.29 M \| ● b1 7.79 M \| b2 9.11 M/);
  expect(seen.atLens).toContain('→ 80 × 15 × 15');
  expect(seen.aligned).toBe('    | d(1)   | w(96)    | 3      | 1      | 6      |');
});
