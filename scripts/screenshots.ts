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
if (!chromium) throw new Error('Chromium was not found: set CHROMIUM to its path');

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
const size = { width: 1400, height: 900 };
const bench = await openWorkbench(server, chromium, size);
const { page } = bench;
mkdirSync(images, { recursive: true });

try {
  await bench.openFile('efficientnet.enet');
  await bench.run('View: Close Primary Side Bar');
  await bench.editor.locator('.view-line', { hasText: '→' }).first().waitFor();

  await scrollTo(41, 'stages');
  await picture('hints');

  await page.setViewportSize({ width: 1493, height: 960 });
  await bench.goTo(...placeIn(text, 'w(80)', 1));
  await showHover();
  await growHover();
  await showHover();
  await picture('hover');
  await page.keyboard.press('Escape');

  await page.setViewportSize({ width: 1720, height: 1106 });
  await bench.goTo(...placeIn(text, 'w(112)', 1));
  await bench.run('enet: Open Preview to the Side');
  const preview = bench.preview();
  await preview.locator('.stage').first().waitFor();
  await preview.locator('#phi').fill('2.5');
  await page.locator('.part.statusbar', { hasText: 'enet: phi 2.5' }).waitFor();
  await bench.editor.locator('.view-line', { hasText: 'w(112)= 144' }).waitFor();
  await picture('preview');
  await bench.run('View: Close All Editors');
  await page.setViewportSize(size);

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

/** Drags the upper edge of the hover up until its whole table fits. The hover closes, but the editor remembers its size. */
async function growHover(): Promise<void> {
  const edge = await page.locator('.monaco-resizable-hover .monaco-sash.horizontal').first().boundingBox();
  if (!edge) throw new Error('the hover has no edge to drag');
  const [x, y] = [edge.x + edge.width / 2, edge.y + edge.height / 2];
  await page.mouse.move(x, y + 40);
  await page.mouse.move(x, y, { steps: 4 });
  await page.waitForTimeout(500);
  await page.mouse.down();
  await page.mouse.move(x, y - 190, { steps: 10 });
  await page.mouse.up();
  await page.waitForTimeout(500);
}

async function showHover(): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+i');
  await page.locator('.monaco-resizable-hover table').last().waitFor();
}

function placeIn(source: string, word: string, within: number): [line: number, column: number] {
  const lines = source.slice(0, source.indexOf(word) + within).split('\n');
  return [lines.length, (lines.at(-1) as string).length + 1];
}

/** There are few colours: a palette keeps the file small and looks the same. */
async function picture(name: string): Promise<void> {
  // Wait for animations and fading notifications.
  await page.waitForTimeout(1500);
  const file = join(images, `editor-${name}.png`);
  const written = await sharp(await page.screenshot())
    .resize(size.width)
    .png({ palette: true, quality: 95, compressionLevel: 9, effort: 10 })
    .toFile(file);
  console.log(`docs/images/editor-${name}.png  ${Math.round(written.size / 1024)} KiB`);
}
