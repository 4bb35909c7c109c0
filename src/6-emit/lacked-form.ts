import type { Graph } from '../5-graph/graph.ts';
import type { ElementType } from '../5-graph/value-type.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Op } from '../ops/ops.ts';
import { extentOf, isDense } from '../ops/window.ts';
import type { TargetFacts } from './target.ts';

/** A form of an op that a target has no output for. */
export interface LackedForm {
  /** A phrase for messages and documentation: `a pool with dilation`. */
  readonly what: string;
  isOf(op: Op): boolean;
}

/** A pool whose taps are apart. */
export const dilatedPool: LackedForm = {
  what: 'a pool with dilation',
  isOf: (op) => (op.kind === 'maxPool' || op.kind === 'avgPool') && !isDense(op.window),
};

/** Some window would see only padding, for which formats define no result; ONNX Runtime rejects the file. */
export const overPaddedPool: LackedForm = {
  what: 'a pool padded by its window or more',
  isOf: (op) => {
    if (op.kind !== 'maxPool' && op.kind !== 'avgPool') return false;
    const { top, left, bottom, right } = op.window.pads;
    const [rows, columns] = extentOf(op.window);
    return Math.max(top, bottom) >= rows || Math.max(left, right) >= columns;
  },
};

/** Returns for each node of a graph whether a target lacks its form. */
export function reportLackedForms(graph: Graph, target: string, forms: readonly LackedForm[]): Diagnostic[] {
  return graph.nodes.flatMap(({ op, span }) => {
    const form = forms.find(({ isOf }) => isOf(op));
    return form ? [createDiagnostic('unsupported-op', span, { op: form.what, target })] : [];
  });
}

/** Reports the types of a graph's values that a target does not take: each once, at the first value that has it. */
export function reportLackedTypes(graph: Graph, { name, types }: Pick<TargetFacts, 'name' | 'types'>): Diagnostic[] {
  const found = new Map<ElementType, Diagnostic>();
  for (const { type, span } of graph.nodes) {
    const { element } = type;
    if (types.includes(element) || found.has(element)) continue;
    found.set(
      element,
      createDiagnostic('unsupported-type', span, { type: element, target: name, taken: types.join(' or ') }),
    );
  }
  return [...found.values()];
}

/** The entry of `cast` in the table of a target with a single type: graphs with casts have been refused before. */
export function refusedCast(): never {
  throw new Error('a target of one type was given a graph with a cast, which `reportLackedTypes` refuses');
}
