import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from './workbench/code-server.ts';
import { buildExtension, libraryText, whyNotTried } from './workbench/open-extension.ts';
import { blocks, small } from './workbench/samples.ts';
import { startWebWorkbench, type WebWorkbench } from './workbench/web-workbench.ts';
import { openWorkbench, type Workbench } from './workbench/workbench.ts';

describe.skipIf(whyNotTried() !== undefined)('the extension in VS Code for the web', () => {
  let folder: string;
  let server: WebWorkbench;
  let bench: Workbench;
  const lineWith = async (word: string) => (await bench.lines()).find((line) => line.includes(word));
  /** There is no search of names in a virtual folder. */
  const open = async (name: string) => {
    await bench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
    await bench.page.locator('.tab.active', { hasText: name }).waitFor();
  };

  beforeAll(async () => {
    folder = buildExtension();
    server = await startWebWorkbench(join(folder, 'vscode'), {
      'my blocks.enet': blocks,
      'small.enet': small.replace('./blocks.enet', './my blocks.enet'),
      'efficientnet.enet': libraryText('efficientnet'),
    });
    bench = await openWorkbench(server, findChromium() as string);
  });

  afterAll(async () => {
    await bench?.close();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('shows what a file becomes that imports another, and what becomes of it when that is saved', async () => {
    await open('small.enet');
    await expect.poll(() => lineWith('w(16)'), { timeout: 90_000 }).toContain('→ 16 × 32 × 32');
    await open('my blocks.enet');
    await bench.goTo(3, blocks.split('\n')[2]!.lastIndexOf('channels') + 1);
    await bench.page.keyboard.type('2 * ');
    await bench.page.keyboard.press('Control+s');
    await bench.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    await bench.run('View: Close Editor');
    await bench.page.locator('.tab.active', { hasText: 'small.enet' }).waitFor();
    await expect.poll(() => lineWith('w(16)')).toContain('→ 32 × 32 × 32');
  });

  test('renames in the files that import, and formats', async () => {
    await open('small.enet');
    await bench.goTo(6, small.split('\n')[5]!.indexOf('Twice') + 2);
    await bench.page.keyboard.press('F2');
    await bench.page.locator('.rename-box input').fill('Double');
    await bench.page.keyboard.press('Enter');
    await expect.poll(() => lineWith('stages:')).toContain('stages: Double {');
    expect(await lineWith('import')).toContain('import { Double } from "./my blocks.enet"');
    await bench.run('Format Document');
    await expect.poll(() => lineWith('w(16)')).toMatch(/\| 1 {6}\| w\(16\)/);
    await open('my blocks.enet');
    await expect.poll(() => lineWith('block')).toContain('block Double(x');
    await bench.run('File: Save All');
    await open('small.enet');
  });

  test('offers nothing that needs a terminal', async () => {
    await bench.lens('Show graph').waitFor();
    expect(await bench.lens('Compile').count()).toBe(0);
    await bench.page.keyboard.press('F1');
    await bench.page.locator('.quick-input-widget input[type="text"]').fill('>enet: ');
    const rows = bench.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'enet: Show Graph' }).waitFor();
    expect(await rows.filter({ hasText: 'enet: Compile in Terminal' }).count()).toBe(0);
    await bench.page.keyboard.press('Escape');
  });

  test('draws the preview at the point that is chosen', async () => {
    await open('efficientnet.enet');
    await bench.run('enet: Open Preview to the Side');
    await bench.preview().locator('#network .stage').nth(9).waitFor();
    await bench.preview().locator('#variants button', { hasText: 'b5' }).click();
    await bench.page.locator('.part.statusbar', { hasText: 'enet: b5' }).waitFor();
    await bench.preview().locator('#facts', { hasText: '30.4 M parameters' }).waitFor();
  });
});
