import type { Graph } from '../5-graph/graph.ts';
import { option, type Words, words } from '../diagnostics/words.ts';

/** Above this share of their initial values, the averages of batch norms say little about the images. */
const mostLeft = 0.05;

/**
 * A warning for a training so short that the running averages of batch norms, which validation uses, are still largely their initial values: after n steps momentum ^ n of these is left. At 0.99, as in the convention tf, that takes 300 steps.
 * @param steps of the shortest training
 * @returns undefined where it is long enough
 */
export function shortProxy({ nodes }: Graph, steps: number): Words | undefined {
  const momentum = Math.max(0, ...nodes.map(({ op }) => (op.kind === 'batchNorm' ? op.momentum : 0)));
  const left = momentum ** steps;
  if (left <= mostLeft) return undefined;
  const enough = Math.ceil(Math.log(mostLeft) / Math.log(momentum));
  return words`the shortest training has ${steps} steps, after which the averages of batch norms with a momentum of ${momentum} still hold ${Math.round(left * 100)} % of their initial values: accuracies mean little. ${enough} steps are enough: more epochs in ${option('rungs')}, a smaller ${option('batch')}, or a smaller momentum in the spec's convention`;
}
