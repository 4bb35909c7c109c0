import { expect, test } from 'vitest';
import { checkSource } from '../../src/check-source.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Analysis } from '../../src/ide/core/analysis.ts';
import { createIde } from '../../src/ide/core/create-ide.ts';
import type { Span } from '../../src/source.ts';
import { corpus } from '../robust/corpus.ts';
import { type Edit, mutate } from '../robust/mutate.ts';
import { mainPath, memoryHost, openFixture, root } from './fixture.ts';
import { numbersFrom } from './numbers.ts';
import { isWellBracketed } from './well-bracketed.ts';

const text = `import { ConvBnAct } from "std/blocks"

/// The first.
block First(x, channels: int) {
  return x -> conv: Conv(channels, 3)
}

block Second(x, channels: int) {
  return x -> one: First(channels) -> relu
}

model A {
  input image: [3, 16, 16]
  stem: Second(8)
  return stem
}

model B {
  input image: [3, 16, 16]
  stem: ConvBnAct(8)
  return stem
}
`;

type Locate = (span: Span) => unknown;

/** Diagnostics with their places as offsets in whole texts. */
function placed(diagnostics: readonly Diagnostic[], locate: Locate): unknown[] {
  return diagnostics.map(({ span, related = [], fixes = [], ...rest }) => ({
    ...rest,
    at: span && locate(span),
    related: related.map((r) => ({ message: r.message, at: locate(r.span) })),
    fixes: fixes.map((f) => ({ ...f, edits: f.edits.map((e) => ({ newText: e.newText, at: locate(e.span) })) })),
  }));
}

const plain: Locate = ({ source, start, end }) => ({ path: source.name, start, end });
const ofAnalysis = (analysis: Analysis) => placed(analysis.diagnostics, analysis.locate);

function checkWhole(name: string, whole: string): readonly Diagnostic[] {
  return checkSource({ name, text: whole }, memoryHost(new Map([[name, whole]]))).diagnostics;
}

function ofCheck(name: string, whole: string): unknown[] {
  return placed(checkWhole(name, whole), plain);
}

test('an edit leaves the trees, the meaning and the networks of all else the same objects', () => {
  const { ide, analysis: before } = openFixture(text);
  expect(before.diagnostics).toEqual([]);
  const networks = { a: before.network('A'), b: before.network('B') };
  ide.change(
    mainPath,
    text.replace('First(x, channels: int) {', 'First(x, channels: int) {\n  // a longer first block'),
  );
  const after = ide.analysis(mainPath) as Analysis;
  expect(after).not.toBe(before);
  const nodes = (analysis: Analysis) => [...analysis.module.ast.imports, ...analysis.module.ast.declarations];
  expect(nodes(after).map((node, i) => node === nodes(before)[i])).toEqual([true, false, true, true, true]);
  const meant = (name: string) => [before, after].map((analysis) => analysis.module.scope.get(name));
  for (const name of ['ConvBnAct', 'B']) expect(meant(name)[1], name).toBe(meant(name)[0]);
  // these speak of what has changed, through another even
  for (const name of ['First', 'Second', 'A']) expect(meant(name)[1], name).not.toBe(meant(name)[0]);
  expect(after.network('B')?.graph).toBe(networks.b?.graph);
  expect(after.network('A')?.graph).not.toBe(networks.a?.graph);
  expect(after.program.modules[0]).toBe(before.program.modules[0]);
});

test('what was found in a declaration is found again as the same object', () => {
  const wrong = text.replace('stem: Second(8)', 'stem: Second(8, 9)').replace('-> relu', '-> rleu');
  const { ide, analysis: before } = openFixture(wrong);
  expect(before.diagnostics.map((d) => d.code)).toEqual(['unknown-name', 'too-many-arguments']);
  ide.change(mainPath, wrong.replace('ConvBnAct(8)', 'ConvBnAct(16)'));
  const after = ide.analysis(mainPath) as Analysis;
  expect(after.diagnostics.every((d, i) => d === before.diagnostics[i])).toBe(true);
  // a suggestion depends on all names of the file: with another one it is looked for again
  ide.change(mainPath, wrong.replace('model B {', 'model Rleu {'));
  const [renamed] = (ide.analysis(mainPath) as Analysis).diagnostics;
  expect(renamed).not.toBe(before.diagnostics[0]);
  expect(ofAnalysis(ide.analysis(mainPath) as Analysis)).toEqual(
    ofCheck(mainPath, wrong.replace('model B {', 'model Rleu {')),
  );
});

test('text that did not change is the same analysis, whatever happens elsewhere', () => {
  const { ide, files, analysis } = openFixture({
    'main.enet': text,
    'other.enet': 'block X(x) { return x -> relu }\n',
  });
  ide.open(`${root}/other.enet`, 'block Y(x) { return x -> relu }\n');
  expect(ide.analysis(mainPath)).toBe(analysis);
  ide.change(mainPath, `${text}\n`);
  ide.change(mainPath, text);
  expect((ide.analysis(mainPath) as Analysis).diagnostics).toEqual([]);
  ide.close(`${root}/other.enet`);
  expect(ide.analysis(`${root}/other.enet`)?.module.scope.has('X')).toBe(true);
  files.set(`${root}/other.enet`, 'block Z(x) { return x -> relu }\n');
  ide.filesChanged([`${root}/other.enet`]);
  expect(ide.analysis(`${root}/other.enet`)?.module.scope.has('Z')).toBe(true);
});

test('an imported file that changes is seen through; one that does not stays the same module', () => {
  const { ide, analysis: before } = openFixture({
    'main.enet':
      'import { Unit } from "./unit.enet"\nimport { Other } from "./other.enet"\nmodel M {\n  input x: [3, 8, 8]\n  s: Unit(8)\n  t: Other(8)\n  return t\n}\n▮',
    'unit.enet': 'block Unit(x, n: int) {\n  return x -> conv: Conv(n, 3)\n}\n',
    'other.enet': 'block Other(x, n: int) {\n  return x -> conv: Conv(n, 1)\n}\n',
  });
  expect(before.diagnostics).toEqual([]);
  const unit = `${root}/unit.enet`;
  ide.open(unit, 'block Unit(x) {\n  return x -> relu\n}\n');
  const after = ide.analysis(mainPath) as Analysis;
  expect(after.diagnostics.map((d) => d.code)).toEqual(['too-many-arguments']);
  const module = (analysis: Analysis, name: string) => analysis.program.modules.find((m) => m.path.endsWith(name));
  expect(module(after, 'other.enet')).toBe(module(before, 'other.enet'));
  ide.close(unit);
  expect((ide.analysis(mainPath) as Analysis).diagnostics).toEqual([]);
});

test('a model is built although another declaration is wrong; not where it reaches what is wrong', () => {
  const { ide } = openFixture(text.replace('First(channels)', 'First(chanels)'));
  const analysis = ide.analysis(mainPath) as Analysis;
  expect(analysis.network('A')).toBeUndefined();
  expect(analysis.network('B')?.graph.nodes.length).toBeGreaterThan(1);
});

test('each text of the corpus says the same as when it is checked whole', () => {
  for (const [i, whole] of new Set(corpus).entries()) {
    const { analysis } = openFixture(whole.toString());
    expect(ofAnalysis(analysis), `text ${i}`).toEqual(ofCheck(mainPath, whole.toString()));
  }
});

/** Of 50 edits each. */
const rounds = Number(process.env.ENET_RUNS ?? 20);

test('over a thousand random edits the editor says what it would say from scratch', () => {
  const next = numbersFrom(20_261);
  const ide = createIde(memoryHost(new Map()));
  let well = 0;
  let edits = 0;
  for (let round = 0; round < rounds; round++) {
    // most of them small; the library's take their time
    const base = round < rounds * 0.85 ? round % 12 : 12 + next(corpus.length - 12);
    const changes: Edit[] = [];
    for (let i = 0; i < 50; i++) {
      // now and then back to a text that is whole
      if (next(6) === 0) changes.length = 0;
      changes.push([next(1e6), next(1e6), next(1e6), next(1e6)]);
      const edited = mutate(base, changes, next(3) === 0 ? 'rough' : 'gentle');
      edits++;
      ide.open(mainPath, edited);
      const said = ofAnalysis(ide.analysis(mainPath) as Analysis);
      const fresh = createIde(memoryHost(new Map()));
      fresh.open(mainPath, edited);
      expect(said, JSON.stringify([base, changes])).toEqual(ofAnalysis(fresh.analysis(mainPath) as Analysis));
      if (!isWellBracketed(edited)) continue;
      const whole = checkWhole(mainPath, edited);
      // brackets that pair, but not where the text's rows and lines say: each piece has its own repair
      if (whole.some((d) => d.code === 'unclosed-bracket' || d.code === 'stray-bracket')) continue;
      well++;
      expect(said, JSON.stringify([base, changes])).toEqual(placed(whole, plain));
    }
  }
  expect(edits).toBe(rounds * 50);
  expect(well).toBeGreaterThan(edits / 2);
}, 600_000);
