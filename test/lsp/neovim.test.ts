import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { entry, workspace } from './client.ts';

const found = spawnSync('nvim', ['--version'], { encoding: 'utf8' });
const skipped = found.status !== 0;
if (skipped) console.warn('skipped: there is no nvim (Debian: apt-get install neovim): its set-up is not tried');

const net = `import { Unit } from "./units.enet"
import { MBConv } from "std/blocks"
model Net {
  param classes: int = 10
  input image: [3, 32, 32]
  stem: Unt(w(16))
  body: MBConv(16)
  head: GlobalAvgPool -> linear: Linear(classes)
}
`;
const units = 'block Unit(x, channels: int) {\n  return x -> Conv(channels, 3) -> BatchNorm\n}\n';

test.skipIf(skipped)(
  `Neovim (${found.stdout?.split('\n')[0]}) with the set-up of editors/neovim`,
  { timeout: 90_000 },
  () => {
    const root = workspace({ 'net.enet': net, 'units.enet': units, '.git/HEAD': '' });
    const plugin = resolve(import.meta.dirname, '../../editors/neovim');
    const script = resolve(import.meta.dirname, 'neovim.lua');
    const ran = spawnSync(
      'nvim',
      ['--headless', '--clean', '--cmd', `set runtimepath^=${plugin}`, '-c', `luafile ${script}`],
      {
        encoding: 'utf8',
        timeout: 80_000,
        env: {
          ...process.env,
          HOME: root,
          XDG_STATE_HOME: root,
          XDG_CACHE_HOME: root,
          ENET_TEST_ROOT: root,
          ENET_TEST_CMD: JSON.stringify([process.execPath, entry, 'lsp']),
        },
      },
    );
    const file = join(root, 'seen.json');
    if (!existsSync(file)) throw new Error(`Neovim saw nothing: ${ran.stderr}${ran.stdout}`);
    const seen = JSON.parse(readFileSync(file, 'utf8'));
    expect(seen.failed).toBeUndefined();
    expect(seen.filetype).toBe('enet');
    expect(seen.diagnostic).toMatchObject({ code: 'unknown-name', line: 5 });
    expect(seen.action).toMatch(/Unit/);
    expect(seen.omnifunc).toBe('v:lua.vim.lsp.omnifunc');
    expect(seen.completion).toContain('GlobalAvgPool');
    expect(seen.hover).toContain('Unit');
    expect(seen.renamed).toContain('block Cell(x, channels: int)');
    expect(seen.formatted).toContain('\n  stem: Cell(w(16))\n');
    expect(seen.library).toMatchObject({
      modifiable: false,
      name: expect.stringMatching(/enet-library:\/std\/blocks\.enet$/),
    });
    expect(seen.library.line).toMatch(/^block MBConv\(/);
    expect(seen.scaling).toEqual({ variant: 'b1' });
  },
);
