import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { costsOf } from '../../src/search/costs.ts';
import { type FitOptions, fitFamily } from '../../src/search/fit/fit.ts';
import { largestFitting } from '../../src/search/fit/largest.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';

const library = (name: string) => compile({ name: `std/${name}`, text: stdlib[`std/${name}`] as string });
const families = new Map<string, ReturnType<typeof library>>();

function fitted(name: string, budgets: Parameters<typeof fitFamily>[1], options: FitOptions = {}) {
  const family = families.get(name) ?? library(name);
  families.set(name, family);
  const { fit, diagnostics } = fitFamily(family.model!, budgets, options);
  expect(diagnostics).toEqual([]);
  return fit!;
}

describe('the published points', () => {
  test('EfficientNet-B0 is the largest under 400 M MACs, at phi 0', () => {
    const { best, next, published } = fitted('efficientnet', { macs: 400e6 });
    expect(best).toMatchObject({ phi: 0, d: 1, w: 1, r: 1, inputs: [[3, 224, 224]] });
    // tensorflow/tpu states 0.39 B, and timm 5,288,548 parameters
    expect(best.costs).toMatchObject({ params: 5_288_548, macs: 385_814_752 });
    expect(next).toMatchObject({ exceeds: ['macs'] });
    expect(published?.variant).toBe('b0');
  });

  test('the largest row that fits is found without building those that are larger than what does not fit', () => {
    const { best, published, built } = fitted('efficientnet', { macs: 700e6 });
    expect(best.phi).toBe(0.26);
    expect(published?.variant).toBe('b1');
    // of nine rows b2 to l2 are as large as phi 0.27 in d, w and resolution
    expect(built).toBe(34);
  });

  test("B2's layers are those of the formula at phi 1", () => {
    const { best } = fitted('efficientnet', { params: 9_109_994 });
    expect(best.costs.params).toBe(9_109_994);
    expect(best.phi).toBeGreaterThanOrEqual(1);
    const atOne = library('efficientnet').model!;
    const { fit } = fitFamily(atOne, { params: 9_109_994, macs: costsOf(compileAt(1)).macs });
    expect(fit?.best).toMatchObject({ phi: 1, d: 1.2, w: 1.1, r: 1.15, inputs: [[3, 258, 258]] });
  });

  test.each([
    ['a', 339e6, { d: 1.2, w: 1.0, r: 192 / 224 }],
    ['b', 202e6, { d: 1.1, w: 0.75, r: 188 / 224 }],
    ['c', 100e6, { d: 0.85, w: 0.54, r: 184 / 224 }],
    ['d', 52e6, { d: 0.695, w: 0.54, r: 152 / 224 }],
    ['e', 24.3e6, { d: 0.6, w: 0.51, r: 106 / 224 }],
  ])('TinyNet-%s lies where its MACs, as published, are the budget', (_, macs, { d, w, r }) => {
    const { best, along } = fitted('tinynet', { macs });
    expect(along).toBe('rows');
    expect(best.costs.macs).toBeLessThanOrEqual(macs);
    for (const [found, stated] of [
      [best.d, d],
      [best.w, w],
      [best.r, r],
    ] as const) {
      expect(Math.abs(found / stated - 1)).toBeLessThan(0.06);
    }
  });
});

function compileAt(phi: number) {
  const text = stdlib['std/efficientnet'] as string;
  return compile({ name: 'std/efficientnet', text }, { phi, rule: 'formula' }).graph!;
}

test('below B0 phi is negative, and no phi on a fine grid above it fits', () => {
  const macs = 200e6;
  const { best } = fitted('efficientnet', { macs });
  expect(best.phi).toBeLessThan(0);
  for (let step = 1; step <= 40; step++) {
    const { macs: found } = costsOf(compileAt((best.phi as number) + step * 0.02));
    expect(found === best.costs.macs || found > macs).toBe(true);
  }
});

test('every budget holds, and filling leaves no factor that could be raised', () => {
  const budgets = { macs: 400e6, params: 6e6, memory: 8e6, activations: 30e6 };
  const { best } = fitted('efficientnet', budgets, { fill: true });
  const line = fitted('efficientnet', budgets);
  expect(best.costs.macs).toBeGreaterThan(line.best.costs.macs);
  expect(best.phi).toBeUndefined();
  for (const name of Object.keys(budgets) as (keyof typeof budgets)[]) {
    expect(best.costs[name]).toBeLessThanOrEqual(budgets[name]);
  }
  const model = families.get('efficientnet')!.model!;
  for (const name of ['d', 'w', 'r'] as const) {
    const { fit } = fitFamily(model, budgets, { request: { ...best.request, [name]: undefined }, along: name });
    expect(fit?.best.costs.macs).toBe(best.costs.macs);
  }
});

test('a factor that an option fixes stays, and a variant is where other lines begin', () => {
  const { best } = fitted('resnet', { macs: 2e9 }, { request: { variant: 'resnet50', r: 0.8 } });
  expect(best).toMatchObject({ variant: 'resnet50', r: 0.8 });
  expect(best.d).toBeLessThan(1);
  const narrow = fitted('mobilenet-v2', { macs: 200e6 }, { along: 'w', request: { resolution: 192 } }).best;
  expect(narrow).toMatchObject({ d: 1, inputs: [[3, 192, 192]] });
});

describe('the largest of a line', () => {
  const step = (f: (t: number) => number, limit: number) =>
    largestFitting((t) => ({ state: f(t) <= limit ? 'fits' : 'over', signature: String(f(t)) }));

  test('is given at its shortest decimal, next to one that does not fit', () => {
    const found = step((t) => Math.floor(t * 8), 20);
    expect(found?.best.t).toBe(2.6);
    expect(found?.next?.network.signature).toBe('21');
  });

  test('lies beyond a cost that falls again', () => {
    expect(step((t) => (t > 3 && t < 3.05 ? 100 : t), 5)?.best.t).toBe(5);
  });

  test('has no next where the line stops growing', () => {
    const found = step((t) => Math.min(Math.ceil(t), 4), 20);
    expect(found?.best.network.signature).toBe('4');
    expect(found?.next).toBeUndefined();
  });

  test('is found where only a stretch before the end of the networks fits', () => {
    const found = largestFitting((t) => ({
      state: t < -6.5 ? 'none' : t <= -6 ? 'fits' : 'over',
      signature: String(Math.ceil(t * 4)),
    }));
    expect(found?.best.t).toBe(-6);
  });
});

describe('enetc fit', () => {
  test('prints the point, and the command line that builds it', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const ran = await enetc(['fit', '--macs', '80k', '--set', 'classes=7', '--json'], { cwd });
    expect(ran).toMatchObject({ code: 0, err: '' });
    const fit = JSON.parse(ran.out);
    expect(fit).toMatchObject({ along: 'formula', budgets: { macs: 80_000 }, next: { exceeds: ['macs'] } });
    const summary = JSON.parse((await enetc(['summary', 'tiny.enet', ...fit.options, '--json'], { cwd })).out);
    expect(summary.point).toMatchObject({ phi: fit.phi, d: fit.d, w: fit.w, r: fit.r });
    expect(summary.totals).toMatchObject({ params: fit.params, macs: fit.macs, peakBytes: fit.memory });
    const text = (await enetc(['fit', '--macs', '80k', '--set', 'classes=7'], { cwd })).out;
    expect(text).toContain(`enetc compile --phi ${fit.phi} --formula --set classes=7\n`);
  });

  test('a file has the size that was found', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const fit = JSON.parse((await enetc(['fit', '--file', '4kB', '--json'], { cwd })).out);
    await enetc(['compile', 'tiny.enet', ...fit.options, '-o', 'out.onnx'], { cwd });
    expect(readFileSync(join(cwd, 'out.onnx')).length).toBe(fit.file);
    expect(fit.file).toBeLessThanOrEqual(4000);
  });

  test('says what does not fit, and what is not a budget', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect(await enetc(['fit', '--macs', '10'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nothing-fits.*no network of 'Tiny' on this line fits: the smallest has [\d,]+ MACs/),
    });
    expect((await enetc(['fit'], { cwd })).err).toContain('fit needs a budget: --macs 400M');
    expect((await enetc(['fit', '--macs', '-4M'], { cwd })).err).toContain('--macs takes a number above 0');
    expect((await enetc(['fit', '--file', '4m'], { cwd })).err).toContain('--file takes a number of bytes');
    expect((await enetc(['fit', '--macs', '1M', '--along', 'rows', '--d', '1'], { cwd })).code).toBe(1);
  });
});
