import { expect, test } from 'vitest';
import { createIde } from '../../src/ide/core/create-ide.ts';
import type { Ide } from '../../src/ide/core/ide.ts';
import { documentDiagnostics } from '../../src/ide/features/diagnostics.ts';
import { memoryHost, root } from './fixture.ts';
import { numbersFrom } from './numbers.ts';

const paths = ['main', 'units', 'gates'].map((name) => `${root}/${name}.enet`);

const texts = [
  `import { Unit } from "./units.enet"
import { Gate } from "./gates.enet"
model M {
  param width: int = 8
  input image: [3, 16, 16]
  stem: Unit(width) -> after: Gate(4)
  return stem
}
`,
  `import { Gate } from "./gates.enet"
block Inner(x, channels: int) {
  return x -> conv: Conv(channels, 3)
}
block Unit(x, channels: int) {
  require channels > 0
  return x -> inner: Inner(channels) -> gate: Gate(channels)
}
`,
  `block Gate(x, squeeze: int) {
  g = x -> GlobalAvgPool -> down: Conv(squeeze, 1) -> relu -> up: Conv(x.channels, 1) -> sigmoid
  return x -> Mul(g)
}
block Other(x) {
  return x -> relu
}
`,
];

const words = [
  'Unit',
  'Gate',
  'Inner',
  'Other',
  'channels',
  'squeeze',
  'width',
  '0',
  '8',
  '"./units.enet"',
  '\n',
  '{',
  '}',
  'x',
];

function openAll(current: readonly string[]): Ide {
  const ide = createIde(memoryHost(new Map()));
  for (const [i, path] of paths.entries()) ide.open(path, current[i] as string);
  return ide;
}

test('files that import each other say after edits what they would say from scratch, and show the same networks', () => {
  const next = numbersFrom(5);
  const current = [...texts];
  const ide = openAll(current);
  let built = 0;
  for (let i = 0; i < 1_000; i++) {
    const file = next(3);
    let text = next(2) === 0 ? (texts[file] as string) : (current[file] as string);
    const places = [...text.matchAll(/"[^"\n]*"|\w+|[{}]/g)];
    const place = places[next(places.length)];
    const word = words[next(words.length)] as string;
    if (place && next(2) > 0) text = text.slice(0, place.index) + word + text.slice(place.index + place[0].length);
    current[file] = text;
    ide.change(paths[file] as string, text);
    const fresh = openAll(current);
    for (const path of paths) {
      const said = [ide, fresh].map((from) => {
        const analysis = from.analysis(path);
        return analysis && { all: documentDiagnostics(analysis), graph: graphText(analysis.network('M')?.graph) };
      });
      expect(said[0], JSON.stringify([i, path, current])).toEqual(said[1]);
      if (said[0]?.graph !== undefined) built++;
    }
  }
  expect(built).toBeGreaterThan(50);
});

function graphText(graph: { readonly nodes: readonly { path: string; shapes: unknown }[] } | undefined) {
  return graph && JSON.stringify(graph.nodes.map(({ path, shapes }) => [path, shapes]));
}
