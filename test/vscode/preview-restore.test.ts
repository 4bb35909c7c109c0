import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libraryText, type OpenExtension, openExtension, whyNotTried } from './workbench/open-extension.ts';
import type { Workbench } from './workbench/workbench.ts';

const two = `${libraryText('efficientnet')}
model Second {
  input image: [3, 32, 32]
  stem: Conv(24, kernel: 3)
  head: GlobalAvgPool
  classifier: Linear(7)
}
`;

describe.skipIf(whyNotTried() !== undefined)('a preview after a reload', () => {
  let extension: OpenExtension;
  let bench: Workbench;

  beforeAll(async () => {
    extension = await openExtension({ 'two.enet': two }, { user: { 'enet.scaling': { variant: 'b5' } } });
    bench = extension.bench;
  });

  afterAll(() => extension?.close());

  test('comes back with its file and its model, though nothing else of the extension is open', async () => {
    await bench.openFile('two.enet');
    await bench.run('enet: Open Preview to the Side');
    await bench.preview().locator('#network .stage').nth(9).waitFor();
    expect(await bench.preview().locator('#facts').textContent()).toContain('30.4 M parameters');
    await bench.preview().locator('#model').selectOption('Second');
    await bench.preview().locator('#title', { hasText: 'Second' }).waitFor();
    await bench.page.locator('.tab', { hasText: 'two.enet' }).click();
    await bench.run('View: Close Editor');
    await bench.page.locator('.tab', { hasText: 'two.enet' }).waitFor({ state: 'detached' });

    await expect.poll(bench.keptEditors).toMatch(/^(?!.*fileEditorInput).*enet\.preview.*Second/s);
    await bench.reload();
    await bench.page.locator('.tab', { hasText: 'enet preview' }).waitFor();
    await bench.preview().locator('#title', { hasText: 'Second' }).waitFor();
    expect(await bench.preview().locator('#network .stage').count()).toBe(3);
    await bench.preview().locator('#model').selectOption('EfficientNet');
    await bench.preview().locator('#facts', { hasText: '30.4 M parameters' }).waitFor();
    await bench.preview().locator('.stage[data-stage="4"]').click();
    await bench.page.locator('.tab.active', { hasText: 'two.enet' }).waitFor();
    const [line] = extension.find('two.enet', 'w(80)');
    await bench.page.locator('.part.statusbar', { hasText: `Ln ${line},` }).waitFor();
  });

  test('says what to do where its file is gone', async () => {
    await bench.page.locator('.tab.active', { hasText: 'two.enet' }).waitFor();
    await bench.run('View: Close Editor');
    await expect.poll(bench.keptEditors).toMatch(/^(?!.*fileEditorInput).*enet\.preview/s);
    rmSync(join(extension.workspace, 'two.enet'));
    await bench.reload();
    await bench.preview().locator('#problem', { hasText: 'Open a file .enet to see its network' }).waitFor();
  });
});
