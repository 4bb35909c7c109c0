import { expect, test } from 'vitest';
import { checkTypes } from '../../src/5-graph/check-types.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { quantise } from '../../src/5-graph/passes/quantise.ts';
import { removeUnreached } from '../../src/5-graph/passes/remove-unreached.ts';
import { layOut, rangesToFind } from '../../src/5-graph/quantise/layout.ts';
import { unitsOf } from '../../src/5-graph/quantise/units.ts';
import type { QuantisedType } from '../../src/5-graph/value-type.ts';
import { integerOps } from '../../src/6-emit/onnx/integer-ops.ts';
import { integerOps as liteOps, shareType } from '../../src/6-emit/tflite/integer-ops.ts';
import { loadOnnxRuntime } from '../../src/backends/onnx-runtime.ts';
import { curveAfter } from '../../src/quantise/activation-curves.ts';
import type { Adjustments } from '../../src/quantise/adjusted-weights.ts';
import { onnxEngine } from '../../src/quantise/engine.ts';
import { advance, closeFrontier, cutsOf, type Frontier, fromFrontier, planFrom } from '../../src/quantise/frontier.ts';
import { makePlan } from '../../src/quantise/make-plan.ts';
import { nameOfValue, withValues } from '../../src/quantise/observe.ts';
import { createStore } from '../../src/quantise/pictures.ts';
import { typeOfRange } from '../../src/quantise/ranges.ts';
import { type KnownFit, reconstruct } from '../../src/quantise/reconstruct.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

const around = { top: 1, left: 1, bottom: 1, right: 1 };

/** A wide layer, a shortcut, SiLU, and a linear layer. */
function net(): Graph {
  const g = graphBuilder('Net');
  const wide = g.act(g.conv(g.input([3, 8, 8]), 'wide', 6, window(3, 1, around), { bias: true }), 'wide.act', 'relu6');
  const first = g.conv(wide, 'first', 4, window(3, 2, around), { bias: true });
  const second = g.act(g.conv(first, 'second', 4, window(1), { bias: true }), 'second.act', 'silu');
  const sum = g.add(first, g.conv(second, 'third', 4, window(1), { bias: true }), 'sum');
  const last = g.act(g.conv(sum, 'last', 5, window(1), { bias: true }), 'last.act', 'relu');
  return g.build({ logits: g.linear(g.globalPool(last, 'pool'), 'classifier', 4) });
}

const pathsOf = (graph: Graph, ids: readonly number[]) => ids.map((id) => graph.nodes[id]!.path);

test('a network is cut where one value alone leads on, and that is no larger than the image', () => {
  const graph = net();
  expect(pathsOf(graph, cutsOf(graph)).slice(0, 4)).toEqual(['first', 'sum', 'last', 'last.act']);
});

function engineAndPictures() {
  const ort = loadOnnxRuntime(process.cwd());
  if (typeof ort === 'string') throw new Error(ort);
  const folder = temporaryFolder();
  const engine = onnxEngine(ort, folder, 17);
  const store = createStore(folder, 3 * 8 * 8);
  for (let i = 0; i < 10; i++) {
    const picture = new Float32Array(3 * 8 * 8);
    fillNormal(picture, randomState(i, 'picture'), 1);
    store.add(picture);
  }
  return { engine, folder, pictures: store.pictures() };
}

test('a fit around other layers in float32 takes from a known one what lies before them, and is the same', async () => {
  const graph = net();
  const { engine, folder, pictures } = engineAndPictures();
  const parts = { units: unitsOf(graph), integers: integerOps };
  const typeOf = (id: number) => typeOfRange({ least: -4, most: 4 + id / 8 }, 'int8');
  const fittedWith = async (floats: ReadonlySet<number>, known?: KnownFit) => {
    const adjustments: Adjustments = new Map();
    let fitted = 0;
    const options = { engine, pictures, progress: () => fitted++ };
    await reconstruct(
      graph,
      lively(),
      adjustments,
      { parts, floats, typeOf, folder, ...(known && { known }) },
      options,
    );
    return { floats, adjustments, fitted };
  };
  const whole = await fittedWith(new Set());
  const third = graph.nodes.find(({ path }) => path === 'third')!.id;
  const [afresh, reused] = [await fittedWith(new Set([third])), await fittedWith(new Set([third]), whole)];
  expect([whole.fitted, afresh.fitted, reused.fitted]).toEqual([6, 5, 2]);
  expect(reused.adjustments).toEqual(afresh.adjustments);
  expect(reused.adjustments.get('last.weight')).not.toEqual(whole.adjustments.get('last.weight'));
  pictures.close();
});

test('what follows a cut gives from there what it gives from the pictures, in float32 and in few bits', async () => {
  const graph = net();
  const { engine, folder, pictures } = engineAndPictures();
  const parts = { units: unitsOf(graph), integers: integerOps };
  const range = (id: number) => typeOfRange({ least: -4, most: 4 + id / 8 }, 'int8');
  const source = lively();
  const plan = makePlan(graph, layOut(graph, parts, new Set()), range, source, new Map());
  const sides = { graph, reference: source, adjusted: source };
  let frontier: Frontier = { float: pictures, rounded: pictures };
  for (const cut of cutsOf(graph)) {
    frontier = await advance(frontier, cut, sides, plan, engine, folder);
    const output = graph.nodes.length - 1;
    for (const isRounded of [false, true]) {
      const run = async (from: Pick<Frontier, 'node'>, values: typeof pictures) => {
        const part = withValues(fromFrontier(graph, from), [output]);
        const typed = isRounded ? quantise(part, planFrom(from, plan)) : part;
        const network = await engine.open(removeUnreached(typed), source);
        const { [nameOfValue(output)]: found } = await network.run(values.read(0, 10), 10);
        await network.close();
        return [...(found as Float32Array)];
      };
      const wanted = await run({}, pictures);
      const found = await run(frontier, isRounded ? frontier.rounded : frontier.float);
      for (const [i, x] of wanted.entries()) expect(found[i]).toBeCloseTo(x, 5);
    }
  }
  closeFrontier(frontier);
  pictures.close();
});

test('a gate whose layer stays float32, or is observed, is read with the type that its form has on integers', () => {
  const g = graphBuilder('Gated');
  const map = g.conv(g.input([3, 8, 8]), 'first', 4, window(1), { bias: true });
  const squeezed = g.conv(g.globalPool(map, 'pool'), 'squeeze', 4, window(1), { bias: true });
  const product = g.mul(map, g.act(squeezed, 'gate', 'sigmoid'), 'product');
  const graph = g.build({ last: g.conv(product, 'last', 2, window(1), { bias: true }) });
  const parts = { units: unitsOf(graph), integers: liteOps };
  const known = rangesToFind(layOut(graph, parts, new Set()));
  const typeOf = (id: number) => (known.includes(id) ? typeOfRange({ least: -4, most: 4 }, 'int8') : undefined);
  const [squeeze, gate] = ['squeeze', 'gate'].map((path) => graph.nodes.find((node) => node.path === path)!.id);
  for (const [floats, observed] of [[[squeeze!], []] as const, [[], [squeeze!]] as const]) {
    const layout = layOut(graph, parts, new Set(floats), new Set(observed));
    const plan = makePlan(graph, layout, typeOf as (id: number) => QuantisedType, lively(), new Map());
    expect(plan.integer.has(gate!)).toBe(false);
    expect(plan.values.get(gate!)).toEqual(shareType);
    expect(() => checkTypes(quantise(graph, plan))).not.toThrow();
  }
});

test('a curve is of an activation that levels off, where nothing else reads the value', () => {
  const graph = net();
  const curved = graph.nodes.filter(({ id }) => curveAfter(graph, id));
  expect(curved.map(({ path }) => path)).toEqual(['second']);
  expect(curveAfter(graph, curved[0]!.id)?.(2)).toBeCloseTo(2 / (1 + Math.exp(-2)), 12);
});
