import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DeclaredModel } from '../../src/2-resolve/program.ts';
import { buildGraph } from '../../src/5-graph/build.ts';
import { compile } from '../../src/compile.ts';
import { costsOf } from '../../src/search/costs.ts';
import { productOf, type ScaleCandidates, scaleCandidates } from '../../src/search/scale/candidates.ts';
import { comparedLines } from '../../src/search/scale/compared-lines.ts';
import { withScaling } from '../../src/search/scale/write-scaling.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const efficientnet = { name: 'efficientnet.enet', text: read('stdlib/efficientnet.enet') };
const digits = { name: 'mnist.enet', text: read('examples/mnist/mnist.enet') };
const paper = { d: 1.2, w: 1.1, r: 1.15 };

function modelOf(source: { name: string; text: string }, model?: string): DeclaredModel {
  const compiled = compile(source, model === undefined ? {} : { model });
  return compiled.model as DeclaredModel;
}

function candidatesOf(model: DeclaredModel, by: 'product' | 'macs' | 'params', budget = 2): ScaleCandidates {
  const found = scaleCandidates(model, {}, { budget, tolerance: 0.05, by, step: 0.05 });
  if ('severity' in found) throw new Error(found.message);
  return found;
}

test("the paper's coefficients are among the candidates, and what phi 1 builds is their network", () => {
  const model = modelOf(efficientnet, 'EfficientNet');
  const { candidates, base, points } = candidatesOf(model, 'product');
  for (const { factors } of candidates) expect(Math.abs(productOf(factors) / 2 - 1)).toBeLessThanOrEqual(0.05 + 1e-9);
  // after rounding many points are one network
  expect(points).toBeGreaterThan(candidates.length);
  expect(new Set(candidates.map(({ network }) => network)).size).toBe(candidates.length);
  const found = candidates.find(({ factors }) => JSON.stringify(factors) === JSON.stringify(paper));
  const { graph } = buildGraph(model, { phi: 1, rule: 'formula' });
  expect(found?.costs).toEqual(graph && costsOf(graph));
  expect(base.costs.macs).toBe(385_814_752);
});

test('where a cost is the budget, it holds over the real rounding', () => {
  const model = modelOf(digits);
  for (const by of ['macs', 'params'] as const) {
    const { candidates, base } = candidatesOf(model, by);
    expect(candidates.length).toBeGreaterThan(5);
    for (const { costs } of candidates)
      expect(Math.abs(costs[by] / base.costs[by] / 2 - 1)).toBeLessThanOrEqual(0.05 + 1e-9);
  }
  // nothing that the walk of the grid leaves out is within the budget
  const { candidates, base } = candidatesOf(model, 'macs');
  const walked = new Set(candidates.map(({ costs }) => costs.macs));
  for (let i = 0; i < 300; i++) {
    const [d, w, r] = [1 + 0.05 * (i % 17), 1 + 0.05 * ((i * 7) % 11), 1 + 0.05 * ((i * 5) % 9)];
    const { graph } = buildGraph(model, { d: d as number, w: w as number, r: r as number });
    const { macs } = costsOf(graph as NonNullable<typeof graph>);
    if (Math.abs(macs / base.costs.macs / 2 - 1) <= 0.05) expect(walked).toContain(macs);
  }
});

test('ways of scaling are compared at nearly equal computation, each by its own factors', () => {
  const model = modelOf(efficientnet, 'EfficientNet');
  const { base } = candidatesOf(model, 'product');
  const lines = comparedLines(model, {}, base, 4, paper);
  expect(lines.map(({ line }) => line)).toEqual([
    'depth',
    'width',
    'resolution',
    'compound 1.2 1.1 1.15',
    'compound as found',
    'fast',
  ]);
  for (const { costs } of lines) expect(Math.abs(Math.log(costs.macs / base.costs.macs / 4))).toBeLessThan(0.02);
  const [depth, width, resolution, compound, same, fast] = lines.map(({ factors }) => factors);
  // the paper's figures of one factor alone at 4 times the computation: d 4, w 2, r 2
  expect(depth).toMatchObject({ w: 1, r: 1 });
  expect(depth?.d).toBeCloseTo(4, 0);
  expect(width?.w).toBeCloseTo(2, 0);
  expect(resolution?.r).toBeCloseTo(2, 1);
  expect(same).toEqual(compound);
  // d = s^0.1, w = s^0.4, r = s^0.05
  const s = (fast?.w ?? 0) ** 2.5;
  expect(fast?.d).toBeCloseTo(s ** 0.1, 2);
  expect(fast?.r).toBeCloseTo(s ** 0.05, 2);
});

test("below 1, TinyNet's factors are on its rule's line", () => {
  const model = modelOf(efficientnet, 'EfficientNet');
  const { base } = candidatesOf(model, 'product');
  const tiny = (multiple: number) =>
    comparedLines(model, {}, base, multiple, paper).find(({ line }) => line === 'tinynet');
  // TinyNet-C: d 0.85, w 0.54, r 184 / 224; its stem and head are wider than w says
  const c = tiny(0.235)?.factors;
  expect(c?.w).toBeCloseTo(0.54, 1);
  expect(c?.d).toBeCloseTo(0.85, 0);
  expect((c?.r ?? 0) * 224).toBeGreaterThan(150);
  expect((c?.r ?? 0) * 224).toBeLessThan(190);
});

test('coefficients are written into the text and change nothing else', () => {
  const factors = { d: 1.3, w: 1.05, r: 1.2 };
  const written = withScaling(digits, modelOf(digits), factors) as string;
  expect(written).toBe(
    digits.text.replace('1.2 ^ phi', '1.3 ^ phi').replace('1.1 ^ phi', '1.05 ^ phi').replace('1.15 ^ phi', '1.2 ^ phi'),
  );
  // a spec of one's own layout, with comments, a rounding, another name for phi, and no entry for r
  const own = `${digits.text.replace(/ {2}scaling phi \{[^}]*\}/, '  scaling t {  // mine\n      d = 2 ^ t\n    w=1.5^t // wide\n    w(n) = round(n * w, 4)\n  }')}`;
  const source = { name: 'own.enet', text: own };
  const changed = withScaling(source, modelOf(source), factors) as string;
  expect(changed).toContain('// mine');
  expect(changed).toContain('w=1.05 ^ t // wide');
  expect(changed).toContain('w(n) = round(n * w, 4)');
  expect(changed.replace(/.*[dwr] ?= ?1[.\d]* ?\^.*\n/g, '')).toBe(own.replace(/.*[dw] ?= ?[12][.\d]* ?\^.*\n/g, ''));
  expect(pointAt1(changed)).toEqual([1.3, 1.05, 1.2]);
  // a spec without a scaling gets one
  const none = { name: 'none.enet', text: digits.text.replace(/ {2}scaling phi \{[^}]*\}\n\n/, '') };
  const added = withScaling(none, modelOf(none), factors) as string;
  expect(pointAt1(added)).toEqual([1.3, 1.05, 1.2]);
  expect(compile({ name: 'added.enet', text: added }).diagnostics).toEqual([]);
});

function pointAt1(text: string): number[] {
  const { point, diagnostics } = compile({ name: 'changed.enet', text }, { phi: 1 });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return [point?.d.value, point?.w.value, point?.r.value].map(Number);
}
