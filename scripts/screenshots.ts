// Takes docs/images/editor-*.png of the extension in a real workbench. Needs code-server (scripts/install-code-server.sh),
// Chromium and dist/enet.vsix (`npm run build && npm run vsix`).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { findChromium, startCodeServer } from '../test/vscode/workbench/code-server.ts';
import { openWorkbench } from '../test/vscode/workbench/workbench.ts';

const root = resolve(import.meta.dirname, '..');
const images = join(root, 'docs/images');
const chromium = findChromium();
if (!chromium) throw new Error('there is no Chromium: set CHROMIUM to its path');

const draft = `import { ConvBnAct, MBConv } from "std/blocks"

/// A small network of one's own.
model Own {
  param classes: int = 10
  param resolution: int = r(64)

  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }

  input image: [3, resolution, resolution]

  stem: ConvBnAct(w(16), kernel: 3, stride: 2)
  stages: MBConv(act: silu) {
    | repeat | channels | kernel | stride | expand |
    | d(1)   | w(16)    | 3      | 1      | 1      |
    | d(2)   | w(24)    | 3      | 2      | 6      |
  }
  head: ConvBnAct(w(160), kernel: 1, act: silu)
  classifier: Linear(classes)
  return logits: classifier
}
`;

const server = await startCodeServer(resolve(process.argv[2] ?? join(root, 'dist/enet.vsix')), {
  'enet.scaling': { variant: 'b5' },
  'editor.fontSize': 15,
  'editor.hover.delay': 100,
  'breadcrumbs.enabled': false,
  'editor.stickyScroll.enabled': false,
});
const text = readFileSync(join(root, 'stdlib/efficientnet.enet'), 'utf8');
writeFileSync(join(server.workspace, 'efficientnet.enet'), text);
const bench = await openWorkbench(server, chromium);
const { page } = bench;
mkdirSync(images, { recursive: true });

try {
  await bench.openFile('efficientnet.enet');
  await bench.run('View: Close Primary Side Bar');
  await bench.editor.locator('.view-line', { hasText: '→' }).first().waitFor();

  await scrollTo(41, 'stages');
  await picture('hints');

  await bench.goTo(...placeIn(text, 'w(80)', 1));
  await bench.run('Show or Focus Hover');
  await page.locator('.monaco-resizable-hover table').last().waitFor();
  await growHover();
  await picture('hover');
  await page.keyboard.press('Escape');

  await bench.goTo(...placeIn(text, 'w(112)', 1));
  await bench.run('enet: Open Preview to the Side');
  const preview = bench.preview();
  await preview.locator('.stage').first().waitFor();
  await preview.locator('#phi').fill('2.5');
  await page.locator('.part.statusbar', { hasText: 'enet: phi 2.5' }).waitFor();
  await bench.editor.locator('.view-line', { hasText: 'w(112)= 144' }).waitFor();
  await picture('preview');
  await bench.run('View: Close All Editors');

  writeFileSync(join(server.workspace, 'own.enet'), draft);
  await bench.openFile('own.enet');
  await bench.goTo(...placeIn(draft, 'stages: MBConv', 8));
  await page.keyboard.press('Control+Delete');
  await page.keyboard.type('MB');
  await page.locator('.suggest-widget .monaco-list-row').first().waitFor();
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-details-container .body').first().waitFor();
  await picture('completion');
} finally {
  await bench.close();
  await server.stop();
}

/** Puts a line into the middle of the editor. */
async function scrollTo(line: number, word: string): Promise<void> {
  await bench.goTo(line, 1);
  await bench.editor.locator('.view-line', { hasText: word }).first().waitFor();
}

/** Drags the upper edge of the hover up, until all of its table is seen. */
async function growHover(): Promise<void> {
  const box = await page.locator('.monaco-resizable-hover').boundingBox();
  if (!box) throw new Error('the hover is gone');
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + 1);
  await page.mouse.down();
  await page.mouse.move(x, box.y - 100, { steps: 5 });
  await page.mouse.move(x, box.y - 185, { steps: 5 });
  await page.mouse.up();
}

function placeIn(source: string, word: string, within: number): [line: number, column: number] {
  const lines = source.slice(0, source.indexOf(word) + within).split('\n');
  return [lines.length, (lines.at(-1) as string).length + 1];
}

/** Colours are few: a palette keeps the file small and looks the same. */
async function picture(name: string): Promise<void> {
  // Animations, and notes that fade.
  await page.waitForTimeout(1500);
  const file = join(images, `editor-${name}.png`);
  const { size } = await sharp(await page.screenshot())
    .png({ palette: true, quality: 95, compressionLevel: 9, effort: 10 })
    .toFile(file);
  console.log(`docs/images/editor-${name}.png  ${Math.round(size / 1024)} KiB`);
}
