import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawCurves } from '../../editors/vscode/src/preview/view/draw-curves.ts';
import { drawNetwork } from '../../editors/vscode/src/preview/view/draw-network.ts';
import { variantsTable } from '../../editors/vscode/src/preview/view/variants-table.ts';
import { type OpenPage, openPreviewPage } from './preview-page.ts';
import { previewSample } from './preview-sample.ts';
import { findChromium } from './workbench/code-server.ts';

const b0 = previewSample('std/efficientnet', { variant: 'b0' });
const show = { kind: 'show', uri: 'file:///a.enet', file: 'a.enet', data: b0, stage: 4 } as const;

describe('what is drawn', () => {
  test('a body a stage, as wide as its images are large', () => {
    const drawing = drawNetwork(b0, 600, -1);
    const bodies = [...drawing.matchAll(/class="body[^"]*" d="M[\d.]+ \d+h(\d+)/g)].map((m) => Number(m[1]));
    expect(bodies).toHaveLength(10);
    expect(bodies[0]).toBeGreaterThan(bodies[3]!);
    expect(drawing).toContain('MBConv  × 3');
  });

  test('names of people are text, never markup', () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const stages = b0.stages.map((stage) => ({ ...stage, title: evil, details: evil, id: evil }));
    const variants = b0.variants.map((variant) => ({ ...variant, name: evil }));
    const data = { ...b0, model: evil, stages, variants, taps: [{ name: evil, from: 9, shape: [1] }] };
    for (const markup of [drawNetwork(data, 600, 0), drawCurves(data, 300), variantsTable(data)]) {
      expect(markup).not.toContain('<img');
    }
  });

  test('a curve for each measure, none without a formula', () => {
    expect(drawCurves(b0, 300).match(/<figure>/g)).toHaveLength(3);
    expect(drawCurves({ ...b0, curve: [] }, 300)).toBe('');
  });

  test('columns without a number are left out of the table', () => {
    expect(variantsTable(b0)).toContain('parameters');
    expect(variantsTable(b0)).not.toContain('>d<');
  });
});

const chromium = findChromium();
if (!chromium) console.warn('skipped: there is no Chromium (set CHROMIUM to its path): the preview is not opened');

describe.skipIf(!chromium)('the page in a browser', () => {
  let open: OpenPage;
  beforeAll(async () => {
    open = await openPreviewPage(chromium as string, { width: 900, height: 900 });
    await open.tell(show);
    await open.page.locator('.stage').first().waitFor();
  });
  afterAll(() => open?.close());

  test('its policy refuses nothing that it needs, and its script fails nowhere', () => {
    expect(open.complaints).toEqual([]);
  });

  test('the stage at the cursor is marked', async () => {
    expect(await open.page.locator('.stage.current').getAttribute('data-stage')).toBe('4');
    await open.tell({ kind: 'cursor', stage: 2 });
    await open.page.locator('.stage.current[data-stage="2"]').waitFor();
  });

  test('a click and the keyboard jump to the text', async () => {
    await open.page.locator('.stage[data-stage="3"]').click();
    await open.page.locator('.stage[data-stage="3"]').focus();
    await open.page.keyboard.press('ArrowDown');
    await open.page.keyboard.press('Enter');
    const said = (await open.said()).filter(({ kind }) => kind === 'reveal');
    expect(said).toEqual([
      { kind: 'reveal', stage: 3 },
      { kind: 'reveal', stage: 4 },
    ]);
  });

  test('the slider shows points as it moves and chooses the last', async () => {
    await open.page.locator('#phi').focus();
    await open.page.keyboard.press('ArrowRight');
    const said = (await open.said()).filter(({ kind }) => kind === 'point');
    expect(said).toEqual([
      { kind: 'point', scaling: { phi: 0.1 }, keep: false },
      { kind: 'point', scaling: { phi: 0.1 }, keep: true },
    ]);
  });

  test('a row of the table chooses its variant', async () => {
    await open.page.getByRole('button', { name: 'b3' }).click();
    expect((await open.said()).at(-1)).toEqual({ kind: 'point', scaling: { variant: 'b3' }, keep: true });
  });

  test('while the text is broken, the last drawing stays and the problem is said', async () => {
    const problem = 'line 3: there is no Conw';
    await open.tell({ ...show, data: { ...b0, stages: [], edges: [], taps: [], curve: [], problem } });
    await open.page.getByRole('alert').getByText(problem).waitFor();
    expect(await open.page.locator('.stage').count()).toBe(10);
  });
});
