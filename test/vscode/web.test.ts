import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryText, type OpenExtension, openExtension, whyNotTried } from './workbench/open-extension.ts';
import { blocks, broken, small } from './workbench/samples.ts';
import type { Workbench } from './workbench/workbench.ts';

// The setting makes a workbench run the extension where VS Code for the web does: in a worker of the browser.
const inBrowser = { 'remote.extensionKind': { 'enet.enet': ['web'] } };

describe.skipIf(whyNotTried() !== undefined)('the extension in a browser alone', () => {
  let extension: OpenExtension;
  let bench: Workbench;
  const text = async () => (await bench.lines()).join('\n');
  /** Workers that extensions have made; the title is the name of the maker and of the worker. */
  const workersOfExtensions = async () => {
    const browser = await bench.page.context().browser()!.newBrowserCDPSession();
    const { targetInfos } = await browser.send('Target.getTargets');
    return targetInfos.filter(({ type, title }) => type === 'worker' && title.startsWith('ExtensionHostWorker -> '));
  };
  const lineWith = async (word: string) => (await bench.lines()).find((line) => line.includes(word));

  beforeAll(async () => {
    extension = await openExtension(
      {
        'broken.enet': broken,
        'my blocks.enet': blocks,
        'small.enet': small.replace('./blocks.enet', './my blocks.enet'),
        'efficientnet.enet': libraryText('efficientnet'),
      },
      { user: inBrowser },
    );
    bench = extension.bench;
  });

  afterAll(() => extension?.close());

  test('gives diagnostics, from a worker of the browser', async () => {
    await bench.openFile('broken.enet');
    await bench.run('Problems: Focus on Problems View');
    const problem = bench.page.locator('.markers-panel .monaco-list-row', { hasText: "did you mean 'ConvBnAct'" });
    await problem.waitFor();
    await bench.run('View: Toggle Problems');
    const running = bench.page.locator('.runtime-extensions-editor .extension', { hasText: /^enet/ });
    await bench.show('Developer: Show Running Extensions', running);
    expect(await running.textContent()).toMatch(/^enet.*web worker/);
    await bench.page.keyboard.press('Escape');
    expect(await workersOfExtensions()).toHaveLength(1);
    // The same question finds the process where there is one: test/vscode/workbench.test.ts.
    expect(extension.commandLines().length).toBeGreaterThan(0);
    expect(extension.commandLines().filter((line) => line.includes('server.cjs'))).toEqual([]);
  });

  test('reads what a file imports, and reads it again when it changes on the disk', async () => {
    await bench.openFile('small.enet');
    await expect.poll(() => lineWith('w(16)')).toContain('→ 16 × 32 × 32');
    extension.write('my blocks.enet', blocks.replace('second: Conv(channels,', 'second: Conv(2 * channels,'));
    await expect.poll(() => lineWith('w(16)')).toContain('→ 32 × 32 × 32');
    await bench.goTo(...extension.find('small.enet', 'stages: Twice', 9));
    await bench.page.keyboard.press('F12');
    await bench.page.locator('.tab.active', { hasText: 'my blocks.enet' }).waitFor();
    await expect.poll(text).toContain('second: Conv(2 * channels');
  });

  test('completes', async () => {
    await bench.openFile('small.enet');
    await bench.goTo(...extension.find('small.enet', 'head: '));
    await bench.page.keyboard.press('End');
    await bench.page.keyboard.type(' -> Drop');
    await bench.run('Trigger Suggest');
    await bench.page.locator('.suggest-widget .monaco-list-row', { hasText: 'Dropout' }).first().waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.run('File: Revert File');
    await bench.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  });

  test('shows networks at the point that is chosen', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...extension.find('efficientnet.enet', 'w(80)'));
    await expect.poll(() => lineWith('w(80)')).toMatch(/\| w\(80\) .*→ 80 × 14 × 14/);
    await bench.run('enet: Select Scaling');
    await bench.page.locator('.quick-input-list .monaco-list-row', { hasText: '30.4 M parameters' }).click();
    await bench.page.locator('.part.statusbar', { hasText: 'enet: b5' }).waitFor();
    await expect.poll(() => lineWith('w(80)')).toMatch(/\| w\(80\)= 128 .*→ 128 × 29 × 29/);
    expect(JSON.parse(extension.read('.vscode/settings.json'))).toEqual({ 'enet.scaling': { variant: 'b5' } });
  });

  test('says in a hover how a number came about', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...extension.find('efficientnet.enet', 'w(80)', 1));
    await bench.run('Show or Focus Hover');
    const hover = bench.page.locator('.monaco-resizable-hover .monaco-hover-content').first();
    await hover.waitFor();
    expect(await hover.textContent()).toMatch(/80 [x×] w? ?1\.6 = 128/);
    await bench.page.keyboard.press('Escape');
  });

  test('opens the library read-only', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.goTo(...extension.find('efficientnet.enet', 'stages: MBConv', 10));
    await bench.page.keyboard.press('F12');
    await bench.page.locator('.tab.active', { hasText: 'blocks.enet' }).waitFor();
    await expect.poll(text).toContain('block MBConv(x');
    await bench.page.keyboard.type('x');
    expect(await bench.page.locator('.tab.active.dirty').count()).toBe(0);
    await bench.page.keyboard.press('Escape');
    await bench.run('View: Close Editor');
  });

  test('draws the preview, whose slider chooses phi', async () => {
    await bench.openFile('efficientnet.enet');
    await bench.run('enet: Open Preview to the Side');
    const preview = bench.preview();
    await preview.locator('#network .stage').nth(9).waitFor();
    expect(await preview.locator('#facts').textContent()).toContain('30.4 M parameters');
    await preview.locator('#phi').fill('2.5');
    await bench.page.locator('.part.statusbar', { hasText: 'enet: phi 2.5' }).waitFor();
    await preview.locator('.stage[data-stage="4"]').click();
    const [line] = extension.find('efficientnet.enet', 'w(80)');
    await bench.page.locator('.part.statusbar', { hasText: `Ln ${line},` }).waitFor();
  });

  test('starts another server when it is told to, and ends the first', async () => {
    await bench.openFile('small.enet');
    const [first] = await workersOfExtensions();
    await bench.run('enet: Restart Language Server');
    const others = async () => (await workersOfExtensions()).filter(({ targetId }) => targetId !== first?.targetId);
    await expect.poll(others).toHaveLength(1);
    await expect.poll(() => lineWith('w(16)')).toContain('→ 32 ×');
    expect(await workersOfExtensions()).toHaveLength(1);
  });
});
