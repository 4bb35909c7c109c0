import type { StepOpOf } from '../../ops/step-ops.ts';
import { batched, type StepRef, unbatched } from '../../ops/steps.ts';
import { type Graph, type GraphNode, shapeOf, type ValueRef } from '../graph.ts';
import type { TrainedQuantisation } from '../quantise/plan-training.ts';
import type { StepBuilder } from './step-builder.ts';
import { layoutOf } from './variable-layout.ts';

/** The shape of a range: the averages of the minimum and the maximum, and the weight of what was seen. */
export const rangeShape: readonly number[] = [3];

/**
 * The decay of a range per batch: about the last hundred batches count. Jacob et al. 2018, section 3.1, recommend a value close
 * to 1; the third number of a range corrects for its initial value.
 */
export const rangeShare = 0.99;

/** Rounds a network's values as its nodes are made. */
export interface Roundings {
  /** Rounds a node's result, if planned. */
  add(node: GraphNode, outputs: readonly StepRef[]): void;
  /** What all readers of a value get instead; undefined where it is the value itself. */
  given(ref: ValueRef): StepRef | undefined;
  /** What a node reads instead of a value; undefined where it is the value itself. */
  read(node: number, ref: ValueRef): StepRef | undefined;
  /** The gradient of a value, by that of the rounded one. */
  pull(ref: ValueRef, gradient: StepRef): StepRef;
}

interface Rounding {
  readonly value: StepRef;
  readonly rounded: StepRef;
  readonly range: StepRef;
}

/**
 * Rounds the values of a network in a function.
 * @param statistic reports what a training step sees of a range; in evaluation ranges are fixed
 */
export function createRoundings(
  b: StepBuilder,
  graph: Graph,
  { training, quantised }: { readonly training: boolean; readonly quantised?: TrainedQuantisation },
  statistic: (name: string, value: StepRef, share: number) => void,
): Roundings {
  const known = new Map<string, Rounding>();
  const at = (ref: ValueRef) => known.get(`${ref.node}:${ref.output}`);
  const vector = unbatched(rangeShape);
  return {
    add({ id, path }, outputs) {
      const observed = training ? quantised?.observed.get(id) : undefined;
      if (observed !== undefined) statistic(observed, seenIn(outputs, path), rangeShare);
      const name = quantised?.ranges.get(id);
      if (name === undefined) return;
      const kept = b.variable(name, rangeShape);
      const range = training ? moved(kept, outputs, name, path) : kept;
      for (const [output, value] of outputs.entries()) {
        const shape = batched(shapeOf(graph, { node: id, output }));
        const rounded = b.one({ kind: 'fakeQuantize' }, [value, range], shape, path);
        known.set(`${id}:${output}`, { value, rounded, range });
      }
    },
    given: (ref) => (quantised?.gives.has(ref.node) ? at(ref)?.rounded : undefined),
    read: (node, ref) => (quantised?.reads.has(node) || quantised?.gives.has(ref.node) ? at(ref)?.rounded : undefined),
    pull(ref, gradient) {
      const { value, range } = at(ref) as Rounding;
      const shape = batched(shapeOf(graph, ref));
      const { path } = graph.nodes[ref.node] as GraphNode;
      return b.one({ kind: 'fakeQuantizeGrad' }, [gradient, value, range], shape, path);
    },
  };

  function seenIn(outputs: readonly StepRef[], path: string): StepRef {
    return b.one({ kind: 'valueRange' }, outputs, vector, path);
  }

  /** The range with what a step sees: what it will be after the step. */
  function moved(kept: StepRef, outputs: readonly StepRef[], name: string, path: string): StepRef {
    const seen = seenIn(outputs, path);
    statistic(name, seen, rangeShare);
    const before = b.one({ kind: 'rescale', scale: rangeShare, offset: 0 }, [kept], vector, path);
    const more = b.one({ kind: 'rescale', scale: 1 - rangeShare, offset: 0 }, [seen], vector, path);
    return b.one({ kind: 'add' }, [before, more], vector, path);
  }
}

/** A convolution's or linear layer's weight, rounded to int8. Its gradient is that of the weight: see `StepOp`. */
export function addRoundedWeight(b: StepBuilder, weight: StepRef, shape: readonly number[], node: GraphNode): StepRef {
  const layout = layoutOf(node.op, shape) as StepOpOf<'fakeQuantizeFilters'>['layout'];
  return b.one({ kind: 'fakeQuantizeFilters', layout }, [weight], unbatched(shape), node.path);
}
