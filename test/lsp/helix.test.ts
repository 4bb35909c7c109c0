import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stdlib } from '../../src/stdlib.generated.ts';
import { entry, workspace } from './client.ts';
import { net, units } from './editor-files.ts';
import { hasTerminals, openTerminal, type Terminal } from './terminal.ts';

const hx = process.env.ENET_HELIX ?? 'hx';
const found = spawnSync(hx, ['--version'], { encoding: 'utf8' });
const skipped = found.status !== 0 || !hasTerminals;
if (found.status !== 0)
  console.warn('skipped: there is no hx (ENET_HELIX may name one): the set-up of Helix is not tried');
else if (skipped) console.warn('skipped: there is no tmux to drive Helix in: its set-up is not tried');
const name = found.stdout?.trim() ?? '';
const [year = 0, month = 0] = /(\d+)\.(\d+)/.exec(name)?.slice(1).map(Number) ?? [];

const setup = readFileSync(resolve(import.meta.dirname, '../../editors/helix/languages.toml'), 'utf8');
const root = skipped
  ? ''
  : workspace({
      'net.enet': net,
      'units.enet': units,
      // the unused import is something to be said when the server is there
      'efficientnet.enet': (stdlib['std/efficientnet'] as string).replace('{ ConvBnAct,', '{ ConvBnAct, FusedMBConv,'),
      '.git/HEAD': '',
      'bin/enetc': `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`,
      'config/helix/languages.toml': setup.replace('scaling = {}', 'scaling = { variant = "b5" }'),
      'config/helix/config.toml': '[editor.lsp]\ndisplay-inlay-hints = true\n',
    });
const env = {
  ...process.env,
  HOME: root,
  XDG_CONFIG_HOME: join(root, 'config'),
  XDG_CACHE_HOME: join(root, 'cache'),
  PATH: join(root, 'bin') + delimiter + process.env.PATH,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
};

let helix: Terminal;
beforeEach(({ skip, task }) => {
  if (skipped) skip();
  chmodSync(join(root, 'bin/enetc'), 0o755);
  const file = /\w+\.enet/.exec(task.name)?.[0];
  if (file) helix = openTerminal(root, [hx, file], env);
});
afterEach(() => helix?.close());

const normal = / NOR /;
async function command(line: string): Promise<void> {
  helix.type(`:${line}`);
  const prompt = (screen: string) => screen.split('\n').some((row) => row.startsWith(`:${line}`));
  await helix.until(prompt);
  helix.press('Enter');
  await helix.until((screen) => !prompt(screen));
}
async function leaveInsert(): Promise<void> {
  helix.press('Escape');
  await helix.until(normal);
}

test('Helix finds the server', () => {
  const { stdout } = spawnSync(hx, ['--health', 'enet'], { encoding: 'utf8', env });
  expect(stripVTControlCharacters(stdout)).toContain(`✓ enetc: ${join(root, 'bin/enetc')}`);
});

test(`${name}: a session with net.enet`, async () => {
  // diagnostics: one error, one unused import
  await helix.until(/NOR .*net\.enet .*● 1 +● 1 /);
  await command('6');
  helix.type('fU');
  await helix.until(/nothing here is called 'Unt'/);

  // a fix
  helix.type(' a');
  await helix.until(/Write 'Unit'[\s\S]*Apply all safe fixes[\s\S]*Organize imports/);
  helix.press('Enter');
  await helix.until((screen) => /stem: Unit\(w\(16\)\)/.test(screen) && !/●/.test(screen));

  // completion, which brings the import; then the parameters of the call
  await command('7');
  helix.type('oextra: Fus');
  // asked for by hand: the menu that comes by itself may be missed on a busy machine
  helix.press('C-x');
  await helix.until(/FusedMBConv +class/);
  helix.press('C-n');
  await helix.until(/extra: FusedMBConv\(/);
  helix.press('Enter');
  await helix.until(/FusedMBConv\(channels: int, kernel: size = 3/);
  await leaveInsert();
  await helix.until(/2 +import \{ MBConv, FusedMBConv \} from "std\/blocks"/);
  await command('8');
  helix.type('xd');
  await helix.until((screen) => !/extra/.test(screen));

  // hover
  await command('6');
  helix.type('fU k');
  await helix.until(/block Unit\(x, channels: int\)/);
  helix.press('Escape');
  await helix.until((screen) => !/block Unit/.test(screen));

  // a definition in another file, and back
  helix.type('gd');
  await helix.until(/NOR .*units\.enet/);
  helix.press('C-o');
  await helix.until(/NOR .*net\.enet/);

  // a definition in the library, whose file knows its own names
  await command('7');
  helix.type('fCgd');
  await helix.until(/NOR .*blocks\.enet/);
  helix.type(' k');
  // its signature has a line for each parameter
  await helix.until(/block MBConv\($/m);
  helix.press('Escape');
  await helix.until((screen) => !/block MBConv\($/m.test(screen));
  helix.press('C-o');
  await helix.until(/NOR .*net\.enet/);
  await command('6');
  helix.type('fU');

  // renaming in both files
  helix.type(' r');
  await helix.until(/rename-to:Unit/);
  helix.press('C-u');
  helix.type('Cell');
  helix.press('Enter');
  await helix.until(/import \{ Cell \}[\s\S]*stem: Cell\(w\(16\)\)/);

  // formatting when asked, and when a file is written
  helix.type('f(a ');
  await helix.until(/stem: Cell\( w\(16\)\)/);
  await leaveInsert();
  await command('format');
  await helix.until(/stem: Cell\(w\(16\)\)/);
  await command('write-all');
  const written = (file: string) => expect.poll(() => readFileSync(join(root, file), 'utf8'));
  await written('units.enet').toContain('block Cell(x, channels: int)');
  // the form of files has an empty line before the model
  await written('net.enet').toMatch(/^import \{ Cell \} from "\.\/units\.enet"\n.*\n\nmodel Net/);
});

test(`${name}: a session with efficientnet.enet`, async () => {
  // at the point that languages.toml says
  await helix.until(/NOR .*efficientnet\.enet .*● 1 /);
  await command('44');
  helix.type('f8 k');
  await helix.until(/128 at b5: 80 x w 1\.6 = 128, a multiple of 8/);
  helix.press('Escape');
  await helix.until((screen) => !/a multiple of 8/.test(screen));
  await helix.until(/stem: ConvBnAct\(w\(32\) = 48, .*→ 48 × 228 × 228/);

  helix.type(' s');
  await helix.until(/│[^│]*drop_path[^│]*││/);
  helix.press('Escape');
  await helix.until((screen) => !/┌──/.test(screen));

  await command('39');
  helix.type('fCgr');
  await helix.until(/efficientnet\.enet:1[\s\S]*efficientnet\.enet:39/);
  helix.press('Escape');
  await helix.until((screen) => !/┌──/.test(screen));

  // before 25.07 it gives commands no arguments, and cannot be asked for them
  if (year * 100 + month < 2507) return;
  await command('lsp-workspace-command enet.selectScaling "b3"');
  await helix.until(/enet: variant b3/);
  // Helix asks for hints again when the text changes
  helix.type('o');
  await helix.until(/stem: ConvBnAct\(w\(32\) = 40, .*→ 40 × 150 × 150/);
});
