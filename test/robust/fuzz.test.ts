import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryModels } from '../../src/2-resolve/choose-model.ts';
import { buildGraph } from '../../src/5-graph/build.ts';
import { checkSource } from '../../src/check-source.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { type Diagnostic, hasErrors } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { decodeSource, type Source } from '../../src/source.ts';
import { processorTime } from '../processor-time.ts';
import { corpus, smallSpecs } from './corpus.ts';
import { type Edit, mutate } from './mutate.ts';
import { verifyGraph } from './verify-graph.ts';

/** How many inputs: `ENET_FUZZ=20000 npx vitest run test/robust/fuzz`. `ENET_SEED` chooses others. */
const runs = Number(process.env.ENET_FUZZ ?? 1_000);
const seed = Number(process.env.ENET_SEED ?? 1905);
/** For an input, in milliseconds; generous, since tests run side by side. */
const mostTime = 5_000;

const parameters = { numRuns: runs, seed, endOnFailure: false };

const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(1_000), fc.nat(100_000), fc.nat(100_000), fc.nat(100_000));
const rough = fc
  .tuple(fc.nat(1_000), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([base, edits]) => mutate(base, edits, 'rough'));
const gentle = fc
  .tuple(fc.nat(1_000), fc.array(edit, { minLength: 1, maxLength: 2 }))
  .map(([base, edits]) => mutate(base, edits, 'gentle'));

const number = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, 1.1, 2, 5, 1e9));
const request: fc.Arbitrary<CompileOptions> = fc.record(
  {
    variant: fc.constantFrom('s', 'l', 'big', 'b0', 'none'),
    phi: number,
    rule: fc.constantFrom('published', 'formula'),
    d: number,
    w: number,
    r: number,
    resolution: number,
    convention: fc.constantFrom('tf', 'torch'),
    set: fc.dictionary(
      fc.constantFrom(
        'rows',
        'unit',
        'widths',
        'classes',
        'stages.0.channels',
        's.0.repeat',
        's.1.stride',
        'x.y.z',
        '__proto__',
      ),
      fc.constantFrom('1', '0', 'deep', 'Unit', '[1, 2]', '{1, 2}', 'w(8)', 'r(', '1e400', '"a"', 'x -> relu', '-3'),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: [] },
);

let slowest = 0;

/** Checks a source, and holds what is true of any. */
function checkAny(source: Source): void {
  const start = processorTime();
  const { program, diagnostics } = checkSource(source);
  const time = processorTime() - start;
  slowest = Math.max(slowest, time);
  expect(time).toBeLessThan(mostTime);
  expect(diagnostics.length).toBeLessThanOrEqual(320);
  for (const d of diagnostics) holdsOfDiagnostic(d);
  renderDiagnostics(diagnostics, { color: true, width: 80 });
  if (hasErrors(diagnostics)) return;
  for (const model of entryModels(program)) {
    const { graph } = buildGraph(model, {});
    if (graph) expect(verifyGraph(graph)).toEqual([]);
  }
}

function holdsOfDiagnostic({ span, message, related = [], fixes = [] }: Diagnostic): void {
  expect(message.length).toBeLessThan(1_000);
  expect(message).not.toMatch(/undefined|\[object|NaN x|function \(/);
  for (const s of [span, ...related.map((r) => r.span), ...fixes.flatMap((f) => f.edits.map((e) => e.span))]) {
    if (!s) continue;
    const { length } = s.source.text;
    if (!(s.start >= 0 && s.start <= s.end && s.end <= length))
      throw new Error(`${message}: ${s.start}..${s.end} of ${length}`);
  }
}

test('the corpus itself is sound', () => {
  for (const text of corpus) {
    const { diagnostics } = checkSource({ name: 'corpus.enet', text });
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([]);
  }
});

test('roughly mutated specs end with diagnostics', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(rough, (text) => checkAny({ name: 'mutant.enet', text })),
    { ...parameters, numRuns: Math.ceil(runs / 2) },
  );
});

test('gently mutated specs end with diagnostics, or build a sound graph', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(gentle, (text) => checkAny({ name: 'mutant.enet', text })),
    { ...parameters, numRuns: Math.ceil(runs / 2) },
  );
  console.log(`${runs} mutated specs, the slowest took ${slowest.toFixed(0)} ms`);
});

test('any point of a spec compiles or ends with diagnostics', { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(fc.constantFrom(...smallSpecs), request, (text, options) => {
      const { graph, diagnostics, model } = compile({ name: 'spec.enet', text }, { model: 'M', ...options });
      for (const d of diagnostics) holdsOfDiagnostic(d);
      if (graph) expect(verifyGraph(graph)).toEqual([]);
      else expect(hasErrors(diagnostics)).toBe(true);
      expect(model === undefined).toBe(!text.includes('model M '));
    }),
    { ...parameters, numRuns: Math.ceil(runs / 5) },
  );
});

test('any bytes end with diagnostics', { timeout: 3_600_000 }, () => {
  const few = { ...parameters, numRuns: Math.ceil(runs / 10) };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => checkAny(decodeSource('bytes.enet', bytes).source)),
    few,
  );
  const spliced = fc.tuple(fc.nat(1_000), fc.uint8Array({ maxLength: 20 }), fc.nat(100_000));
  fc.assert(
    fc.property(spliced, ([base, bytes, at]) => {
      const text = new TextEncoder().encode(mutate(base, []));
      const place = at % text.length;
      checkAny(
        decodeSource('bytes.enet', Buffer.concat([text.subarray(0, place), bytes, text.subarray(place)])).source,
      );
    }),
    few,
  );
});
