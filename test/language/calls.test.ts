import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/5-graph/build.ts';
import type { Call } from '../../src/5-graph/calls.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { keptBuild } from '../../src/5-graph/kept-build.ts';
import { halfPrecision } from '../../src/5-graph/passes/half-precision.ts';
import { compile } from '../../src/compile.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { build, model } from './build.ts';

const named = ({ calls }: Graph) => calls.map(({ declared, path }) => `${path}: ${declared.node.name.name}`);

describe('a graph keeps the calls it came from', () => {
  const blocks = `
block Conv3(x, channels: int, act: activation = relu) {
  half = channels / 2
  return x -> conv: Conv(half, 3) -> act
}
block Pair(x, channels: int) {
  return x -> a: Conv3(channels) -> b: Conv3(channels + 2, tanh)
}`;

  test('with their arguments, in their order, each over a range of nodes', () => {
    const { graph } = build(model('  stem: Conv3(8)\n  rest: Pair(4) {\n    | repeat |\n    | 2 |\n  }', blocks));
    expect(named(graph)).toEqual([
      ': M',
      'stem: Conv3',
      'rest.0.0: Pair',
      'rest.0.0.a: Conv3',
      'rest.0.0.b: Conv3',
      'rest.0.1: Pair',
      'rest.0.1.a: Conv3',
      'rest.0.1.b: Conv3',
    ]);
    const [, stem, pair, , second] = graph.calls as [Call, Call, Call, Call, Call];
    expect([stem.first, stem.end, pair.first, pair.end]).toEqual([1, 3, 3, 7]);
    expect([stem.names.isGiven('channels'), stem.names.isGiven('act')]).toEqual([true, false]);
    expect(second.names.value('half')).toBe(3);
    expect(second.names.shape('x')).toEqual([2, 32, 32]);
  });

  test('of shared steps with what their tensors are named after', () => {
    const { graph } = build(model('  input image: [3, 8, 8]\n  a: share c: Conv3(6) -> share c: Conv3(6)', blocks));
    expect(graph.calls.slice(1).map(({ path, owner }) => [path, owner])).toEqual([
      ['c.0', 'c'],
      ['c.1', 'c'],
    ]);
  });

  test.each(Object.keys(stdlib).filter((name) => stdlib[name]!.includes('\nmodel ')))(
    '%s: ranges nest, and paths begin with that of the call',
    (path) => {
      const text = stdlib[path]!;
      const { graph, model: declared } = compile({ name: path, text });
      for (const changed of [graph!, halfPrecision(graph!)]) {
        const open: Call[] = [];
        for (const call of changed.calls) {
          while (open.length > 0 && open.at(-1)!.end <= call.first && call.end > call.first) open.pop();
          const outer = open.at(-1);
          if (outer && call.end > call.first) expect(call.end).toBeLessThanOrEqual(outer.end);
          if (call.end > call.first) open.push(call);
          for (const node of changed.nodes.slice(call.first, call.end))
            expect(node.path.startsWith(call.path)).toBe(true);
        }
        expect(changed.calls[0]).toMatchObject({ path: '', first: 0, end: changed.nodes.length });
      }
      // what an editor keeps of a build before is the same
      keptBuild(declared!, {});
      const kept = keptBuild(declared!, { w: 1 });
      if (kept.graph) expect(kept.graph.calls).toEqual(buildGraph(declared!, { w: 1 }).graph!.calls);
    },
  );
});
