import { type Graph, type GraphNode, shapeOf } from '../5-graph/graph.ts';
import { type Answers, answerScores } from './judge.ts';

/** Answers in float32, and those of the network that is compared with it, for the same pictures. */
export interface ComparedAnswers {
  readonly expected: Answers;
  readonly found: Answers;
  /** Answers in float32 that are known, for these pictures and perhaps for more. */
  readonly known: Answers;
}

/**
 * The share of first answers that can be expected to stay those of float32: each picture's scores in float32 are combined with each
 * picture's rounding noise, as if these were independent, and the share of combinations whose first answer stays the same is taken.
 * A count over the pictures alone says much less: among 40, one near tie is 2.5 %, whichever side it falls on; here it weighs as
 * much as the noise is likely to decide it. Noise is that of the scores before a final softmax or sigmoid, since behind it depends
 * on how sure the answer is. Undefined for networks that do not classify.
 */
export function expectedAgreement(graph: Graph, { expected, found, known }: ComparedAnswers): number | undefined {
  const output = answerScores(graph);
  if (!output) return undefined;
  const { name, value } = output;
  const [classes = 1] = shapeOf(graph, value);
  const linear = linearised(graph.nodes[value.node] as GraphNode);
  const [a, b, scores] = [expected, found, known].map((answers) => Float64Array.from(answers[name] ?? [], linear));
  if (!a || !b || !scores) return undefined;
  const noises = noisesOf(a, b, classes);
  const keeps = classes === 1 ? keepsSign : keepsLargest;
  let same = 0;
  for (let at = 0; at < scores.length; at += classes) same += keeps(scores.subarray(at, at + classes), noises);
  return same / (scores.length / classes) / noises.length;
}

/** What rounding adds to the scores of a picture. */
interface Noise {
  readonly values: Float64Array;
  /** The greatest change of the difference between two scores. */
  readonly spread: number;
}

/** The noise of each picture, the greatest spread first. */
function noisesOf(expected: Float64Array, found: Float64Array, classes: number): Noise[] {
  return Array.from({ length: expected.length / classes }, (_, picture): Noise => {
    const values = new Float64Array(classes);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < classes; i++) {
      const at = picture * classes + i;
      const change = (found[at] as number) - (expected[at] as number);
      values[i] = change;
      least = Math.min(least, change);
      most = Math.max(most, change);
    }
    return { values, spread: most - least };
  }).sort((a, b) => b.spread - a.spread);
}

/** With how many noises a single score stays on its side of 0. */
function keepsSign([score = 0]: Float64Array, noises: readonly Noise[]): number {
  return noises.filter(({ values: [change = 0] }) => score > 0 === score + change > 0).length;
}

/** With how many noises the largest score stays the largest. */
function keepsLargest(scores: Float64Array, noises: readonly Noise[]): number {
  const best = largest(scores);
  let second = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) if (i !== best) second = Math.max(second, scores[i] as number);
  const margin = (scores[best] as number) - second;
  const sums = new Float64Array(scores.length);
  let same = 0;
  for (const [tried, { values, spread }] of noises.entries()) {
    // neither this nor any of those after it can change the order
    if (spread < margin) return same + noises.length - tried;
    for (let i = 0; i < sums.length; i++) sums[i] = (scores[i] as number) + (values[i] as number);
    if (largest(sums) === best) same++;
  }
  return same;
}

function largest(scores: Float64Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}

/** Shares closer to 0 or 1 than this, which float32 hardly tells apart, are taken for the same. */
const nearest = 1e-7;

/** A score before a final softmax (but for a constant of each picture) or sigmoid. */
function linearised({ op }: GraphNode): (score: number) => number {
  const fn = op.kind === 'activation' ? op.fn : undefined;
  const inside = (share: number) => Math.min(Math.max(share, nearest), 1 - nearest);
  if (fn === 'softmax') return (share) => Math.log(inside(share));
  if (fn === 'sigmoid') return (share) => Math.log(inside(share) / (1 - inside(share)));
  return (score) => score;
}
