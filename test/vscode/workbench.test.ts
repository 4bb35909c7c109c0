import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryText, type OpenExtension, openExtension, whyNotTried } from './workbench/open-extension.ts';
import { blocks, broken, small } from './workbench/samples.ts';
import type { Workbench } from './workbench/workbench.ts';

describe.skipIf(whyNotTried() !== undefined)('the extension in a workbench', () => {
  let extension: OpenExtension;
  let bench: Workbench;
  const read: OpenExtension['read'] = (name) => extension.read(name);
  const find: OpenExtension['find'] = (...place) => extension.find(...place);
  const save = () => extension.save();

  beforeAll(async () => {
    extension = await openExtension({
      'broken.enet': broken,
      'blocks.enet': blocks,
      'small.enet': small,
      'efficientnet.enet': libraryText('efficientnet'),
    });
    bench = extension.bench;
  });

  afterAll(() => extension?.close());

  test('diagnostics are in the problems panel, and a fix corrects them', async () => {
    await bench.openFile('broken.enet');
    await bench.run('Problems: Focus on Problems View');
    const problem = bench.page.locator('.markers-panel .monaco-list-row', { hasText: 'ConvBnAt' });
    await problem.waitFor({ timeout: 60_000 });
    expect(await problem.textContent()).toMatch(/enet/);
    expect(extension.commandLines().filter((line) => line.includes('server.cjs'))).toHaveLength(1);
    await bench.openFile('broken.enet');
    await bench.goTo(...find('broken.enet', 'ConvBnAt', 2));
    const fix = bench.page.locator('.action-widget .monaco-list-row', { hasText: 'ConvBnAct' }).first();
    // The menu closes again when the list of fixes changes under it; on a busy machine it takes its time to open.
    await expect
      .poll(
        async () => {
          await bench.page.keyboard.press('Escape');
          await bench.page.keyboard.press('Control+.');
          return fix.waitFor({ timeout: 8000 }).then(
            () => true,
            () => false,
          );
        },
        { timeout: 90_000 },
      )
      .toBe(true);
    await bench.page.keyboard.press('Enter');
    await problem.waitFor({ state: 'detached' });
    await save();
    expect(read('broken.enet')).toContain('stem: ConvBnAct(16)');
  });

  test('hints say what numbers become at the point that is chosen', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...find('efficientnet.enet', 'w(80)'));
    const row = async () => (await bench.lines()).find((line) => line.includes('w(80)'));
    await expect.poll(row).toMatch(/\| w\(80\) .*→ 80 × 14 × 14/);
    await bench.run('enet: Select Scaling');
    await bench.page.locator('.quick-input-list .monaco-list-row', { hasText: '30.4 M parameters' }).click();
    await bench.page.locator('.part.statusbar', { hasText: 'enet: b5' }).waitFor();
    await expect.poll(row).toMatch(/\| w\(80\)= 128 .*→ 128 × 29 × 29/);
    const settings = JSON.parse(read('.vscode/settings.json'));
    expect(settings).toEqual({ 'enet.scaling': { variant: 'b5' } });
  });

  test('a lens above the variants chooses one of them', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...find('efficientnet.enet', 'variants {'));
    await bench.clickLens(bench.lens('b3 12.2 M'), bench.page.locator('.part.statusbar', { hasText: 'enet: b3' }));
    await bench.clickLens(bench.lens('b5 30.4 M'), bench.page.locator('.part.statusbar', { hasText: 'enet: b5' }));
  });

  test('a hover shows how a number came about', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...find('efficientnet.enet', 'w(80)', 1));
    await bench.run('Show or Focus Hover');
    const hover = bench.page.locator('.monaco-resizable-hover .monaco-hover-content').first();
    await hover.waitFor();
    expect(await hover.textContent()).toMatch(/80 [x×] w? ?1\.6 = 128/);
    await bench.page.keyboard.press('Escape');
  });

  test('completion offers the blocks of the language', async () => {
    await bench.openFile('small.enet');
    await bench.goTo(...find('small.enet', 'head: '));
    await bench.page.keyboard.press('End');
    await bench.page.keyboard.type(' -> Drop');
    const suggestion = bench.page.locator('.suggest-widget .monaco-list-row', { hasText: 'Dropout' }).first();
    await bench.run('Trigger Suggest');
    await suggestion.waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.run('File: Revert File');
    await bench.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  });

  test('a rename goes through the files that import', async () => {
    await bench.openFile('small.enet');
    await bench.goTo(...find('small.enet', 'stages: Twice', 9));
    await bench.page.keyboard.press('F2');
    const input = bench.page.locator('.rename-box input');
    await input.waitFor();
    await input.fill('Double');
    await bench.page.keyboard.press('Enter');
    await expect.poll(async () => (await bench.lines()).join('\n')).toContain('stages: Double {');
    await bench.run('File: Save All');
    await expect.poll(() => read('blocks.enet')).toContain('block Double(x');
    await expect.poll(() => read('small.enet')).toContain('import { Double } from "./blocks.enet"');
  });

  test('formatting aligns tables', async () => {
    await bench.openFile('small.enet');
    await bench.run('Format Document');
    await expect.poll(async () => (await bench.lines()).join('\n')).toMatch(/\| 1 {6}\| w\(16\)/);
    await save();
    expect(read('small.enet')).toContain('    | 1      | w(16)    | 3      |\n    | 2      | w(32)    | 5      |\n');
  });

  test('a new row begins with a bar and aligns as one types', async () => {
    await bench.openFile('small.enet');
    await bench.goTo(...find('small.enet', '| 2 '));
    await bench.page.keyboard.press('End');
    await bench.page.keyboard.press('Enter');
    await bench.page.keyboard.type('1 | w(64) | 3 |', { delay: 40 });
    await expect.poll(async () => (await bench.lines()).join('\n')).toMatch(/\| 1 {6}\| w\(64\).* {4}\| 3 {6}\|/);
    await save();
    expect(read('small.enet')).toContain('    | 1      | w(64)    | 3      |\n  }');
  });

  test('a file of the library opens read-only', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...find('efficientnet.enet', 'stages: MBConv', 10));
    await bench.page.keyboard.press('F12');
    await bench.page.locator('.tab.active', { hasText: 'blocks.enet' }).waitFor();
    await expect.poll(async () => (await bench.lines()).join('\n')).toContain('block MBConv(x');
    await bench.page.keyboard.type('x');
    expect(await bench.page.locator('.tab.active.dirty').count()).toBe(0);
    await bench.page.keyboard.press('Escape');
    await bench.run('View: Close Editor');
  });

  test('the preview shows the network, its slider chooses phi, and clicks jump both ways', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.run('enet: Open Preview to the Side');
    const preview = bench.preview();
    await preview.locator('#network .stage').first().waitFor();
    expect(await preview.locator('#title').textContent()).toBe('EfficientNet');
    expect(await preview.locator('#facts').textContent()).toContain('30.4 M parameters');
    expect(await preview.locator('#network .stage').count()).toBe(10);
    expect(await preview.locator('#curves figure').count()).toBe(3);

    await preview.locator('#phi').focus();
    await preview.locator('#phi').fill('2.5');
    await bench.page.locator('.part.statusbar', { hasText: 'enet: phi 2.5' }).waitFor();
    await expect.poll(() => preview.locator('#facts').textContent()).not.toContain('30.4 M');

    await preview.locator('#variants button', { hasText: 'b0' }).click();
    await bench.page.locator('.part.statusbar', { hasText: 'enet: b0' }).waitFor();
    await expect.poll(() => preview.locator('#facts').textContent()).toContain('5.29 M parameters');

    await preview.locator('.stage[data-stage="4"]').click();
    const [line] = find('efficientnet.enet', 'w(80)');
    await bench.page.locator('.part.statusbar', { hasText: `Ln ${line},` }).waitFor();
    await bench.goTo(...find('efficientnet.enet', 'w(112)'));
    await preview.locator('.stage.current[data-stage="5"]').waitFor();

    await bench.goTo(...find('efficientnet.enet', 'w(80)', 2));
    await bench.page.keyboard.press('Delete');
    await bench.page.keyboard.type('9');
    await preview.locator('.stage[data-stage="4"]', { hasText: '88 × 14 × 14' }).waitFor();
  });
});
