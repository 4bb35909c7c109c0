import { expect, test } from 'vitest';
import { patternText } from '../../src/3-check/check-weights.ts';
import { graphTensors } from '../../src/5-graph/graph.ts';
import type { Analysis } from '../../src/ide/core/analysis.ts';
import type { Ide } from '../../src/ide/core/ide.ts';
import { applyEdits, editsByPath } from '../../src/ide/features/edits.ts';
import { renameAt } from '../../src/ide/features/rename.ts';
import { occurrencesOf } from '../../src/ide/names/occurrences.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { matchPattern, parsePattern } from '../../src/weights/module-pattern.ts';
import { openFixture, root } from './fixture.ts';

/** The library as files of a workspace: what was a module of it is a file next to the others. */
const files = Object.fromEntries(
  Object.entries(stdlib).map(([name, text]) => [
    `${name.slice(4)}.enet`,
    text.replaceAll(/"std\/([\w-]+)"/g, '"./$1.enet"'),
  ]),
);
const paths = Object.keys(files).map((name) => `${root}/${name}`);

/**
 * What the networks of a file are but for names: ops, how they are joined, shapes; and how many tensors each row of a
 * weight map names, which labels, sections and rows must agree for.
 */
function structure(ide: Ide, path: string): string {
  const { module, network } = ide.analysis(path) as Analysis;
  return module.ast.declarations
    .flatMap((node): unknown[] => {
      if (node.kind === 'block') return [];
      const graph = network(node.name.name, {})?.graph;
      if (!graph) return [];
      if (node.kind === 'model') return graph.nodes.map((n) => [{ ...n.op, name: '' }, n.inputs, n.shapes]);
      const tensors = [...graphTensors(graph)].map(({ tensor }) => tensor.name.split('.'));
      return node.rows.rows.map(({ cells }) => {
        const value = cells[0]?.values[0];
        const pattern = value && parsePattern(patternText(value) ?? '');
        return tensors.filter((t) => pattern && matchPattern(pattern, t)).length;
      });
    })
    .map((part) => JSON.stringify(part))
    .join('\n');
}

function problems(ide: Ide): string {
  return paths
    .map((path) =>
      ide
        .analysis(path)
        ?.diagnostics.map((d) => d.code)
        .join(),
    )
    .join('\n');
}

/** One of so many names of the library is renamed; all of them with ENET_FUZZ. */
const share = process.env.ENET_FUZZ ? 1 : 19;

test('a name renamed to one that is free changes no network and no diagnostic', () => {
  const { ide } = openFixture(files);
  for (const path of paths) ide.open(path, files[path.slice(root.length + 1)] as string);
  const before = problems(ide);
  expect(before.replaceAll(/[\n,]/g, '')).toBe('');
  const networks = new Map(paths.map((path) => [path, structure(ide, path)]));
  let count = 0;
  let renamed = 0;
  for (const path of paths) {
    const analysis = ide.analysis(path) as Analysis;
    const declared = [...occurrencesOf(analysis)].filter((o) => o.access === 'write');
    for (const { span, name, target } of declared) {
      if (target.kind === 'language' || count++ % share > 0) continue;
      const result = renameAt(ide, analysis, analysis.locate(span).start, 'fresh_name');
      // refused: an argument of the language's own ops, `kernel: 3`, and the column with a meaning of its own
      if ('refusal' in result) {
        const [, file = '', line = ''] =
          /would change what a name means in (\S+), line (\d+)/.exec(result.refusal) ?? [];
        const row = files[file]?.split('\n')[Number(line) - 1] ?? '';
        // a part of a name with a star, `layer*`, no longer fits the new name
        const isStarred = /\w\*|\*\w/.test(row);
        if (name !== 'stride' && !isStarred) expect(target.kind, `${path} ${name}: ${result.refusal}`).toBe('argument');
        continue;
      }
      renamed++;
      const changed = editsByPath(result.edits);
      for (const [file, edits] of changed) ide.change(file, applyEdits(textOf(file), edits));
      expect(problems(ide), `${path} ${name}`).toBe(before);
      const affected = target.kind === 'local' && target.local.kind === 'value' ? [path] : paths;
      for (const file of affected) expect(structure(ide, file), `${name} in ${file}`).toBe(networks.get(file));
      for (const file of changed.keys()) ide.change(file, textOf(file));
    }
  }
  expect(renamed).toBeGreaterThan(20);
}, 600_000);

function textOf(path: string): string {
  return files[path.slice(root.length + 1)] as string;
}
