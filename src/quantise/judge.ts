import { classScores } from '../5-graph/class-scores.ts';
import type { Graph, GraphNode, GraphOutput } from '../5-graph/graph.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { batchesOf, type Pictures } from './pictures.ts';

/** A network's results for pictures: each output's numbers, one picture after the other. */
export type Answers = Readonly<Record<string, Float32Array>>;

/** How close answers are to others. */
export interface Closeness {
  /** The signal-to-noise ratio in decibels: the squares of all outputs over those of the differences. */
  readonly sqnr: number;
  /**
   * The share of pictures whose first answer, the most likely class, is the same. Undefined for networks that do not
   * classify.
   */
  readonly agreement?: number;
  /** The share to expect on more pictures, see `expectedAgreement`. Absent where no goal asks for it. */
  readonly expected?: number;
}

const batch = 8;

export async function answersOf(
  graph: Graph,
  weights: WeightSource,
  engine: Engine,
  pictures: Pictures,
  most = pictures.count,
): Promise<Answers> {
  const network = await engine.open(graph, weights);
  const parts: Record<string, Float32Array[]> = {};
  try {
    for (const { images, count } of batchesOf(pictures, batch, most)) {
      for (const [name, values] of Object.entries(await network.run(images, count))) {
        const kept = parts[name] ?? [];
        parts[name] = kept;
        kept.push(values.slice());
      }
    }
  } finally {
    await network.close();
  }
  return Object.fromEntries(Object.entries(parts).map(([name, arrays]) => [name, joined(arrays)]));
}

/** The sum of squares of a signal, and of its difference from another. */
export function powers(signal: Float32Array, other: Float32Array): { signal: number; noise: number } {
  const sum = { signal: 0, noise: 0 };
  for (let i = 0; i < signal.length; i++) {
    const x = signal[i] as number;
    const difference = x - (other[i] as number);
    sum.signal += x * x;
    sum.noise += difference * difference;
  }
  return sum;
}

export function decibels({ signal, noise }: { signal: number; noise: number }): number {
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}

/** @param expected the answers in float32; only these pictures are compared. */
export function compareAnswers(graph: Graph, expected: Answers, found: Answers, pictures: number): Closeness {
  const total = { signal: 0, noise: 0 };
  for (const { name } of graph.outputs) {
    const { signal, noise } = powers(expected[name] as Float32Array, found[name] as Float32Array);
    total.signal += signal;
    total.noise += noise;
  }
  const scores = answerScores(graph);
  if (!scores) return { sqnr: decibels(total) };
  const [a, b] = [expected[scores.name] as Float32Array, found[scores.name] as Float32Array];
  const classes = a.length / pictures;
  const answer = classes === 1 ? isYes(graph, scores) : likeliest;
  let same = 0;
  for (let at = 0; at < a.length; at += classes) if (answer(a, at, classes) === answer(b, at, classes)) same++;
  return { sqnr: decibels(total), agreement: same / pictures };
}

/** The output with the scores of classes. Undefined for networks without one, or with several. */
export function answerScores(graph: Graph): GraphOutput | undefined {
  const [scores, ...others] = classScores(graph);
  return others.length > 0 ? undefined : scores;
}

/** The answer of a network with a single score: whether it is above a half (after a sigmoid) or above 0 (before it). */
function isYes(graph: Graph, { value }: GraphOutput): (scores: Float32Array, at: number) => boolean {
  const { op } = graph.nodes[value.node] as GraphNode;
  const border = op.kind === 'activation' && op.fn === 'sigmoid' ? 0.5 : 0;
  return (scores, at) => (scores[at] as number) > border;
}

function likeliest(scores: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((scores[from + i] as number) > (scores[from + best] as number)) best = i;
  return best;
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
