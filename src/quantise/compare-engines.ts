import type { Graph } from '../5-graph/graph.ts';
import type { IntegerOps } from '../5-graph/quantise/integer-ops.ts';
import { firstLine } from '../backends/first-line.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { answersOf, type Closeness, compareAnswers } from './judge.ts';
import type { Pictures } from './pictures.ts';
import { quantisePlainly } from './quantise-plainly.ts';

/** A form of a network in few bits, and what runs it. */
export interface IntegerForm {
  /** What people call it: `ONNX`. */
  readonly name: string;
  /** For inference, with norms folded. */
  readonly graph: Graph;
  readonly weights: WeightSource;
  readonly integers: IntegerOps;
  readonly engines: readonly Engine[];
}

/** How near a form's answers are in an engine. */
export interface IntegerRow {
  readonly form: string;
  /** Absent for what the integers stand for: computed in float32, and rounded where the file rounds. */
  readonly engine?: string;
  /** To those of the network in float32. */
  readonly float32?: Closeness;
  /** To what the integers stand for. */
  readonly integers?: Closeness;
  /** What an engine says that does not run it. */
  readonly failure?: string;
  readonly ok: boolean;
}

/**
 * Compares what engines make of int8 files. Engines round sums in ways of their own, each step of which is as large as the noise that
 * quantisation has anyway: equal numbers are too much to ask, and equal distances from float32 are not.
 * @param exact computes what integers stand for. @param tolerance how much further from float32 an engine may be than that, in decibels
 */
export async function compareEngines(
  forms: readonly IntegerForm[],
  exact: Engine,
  calibration: Pictures,
  judging: Pictures,
  tolerance: number,
  progress: (text: string) => void,
): Promise<readonly IntegerRow[]> {
  const rows: IntegerRow[] = [];
  for (const { name, graph, weights, integers, engines } of forms) {
    progress(`${name}: ranges`);
    const typed = await quantisePlainly(graph, weights, integers, exact, calibration);
    progress(`${name}: what the integers stand for`);
    const floats = await answersOf(graph, weights, exact, judging);
    const meant = await answersOf(typed, weights, exact, judging);
    const float32 = compareAnswers(graph, floats, meant, judging.count);
    rows.push({ form: name, float32, ok: Number.isFinite(float32.sqnr) });
    for (const engine of engines) {
      progress(`${name} on ${engine.name}`);
      const row = { form: name, engine: engine.name };
      const found = await answersOf(typed, weights, engine, judging).catch(firstLine);
      if (typeof found === 'string') {
        rows.push({ ...row, failure: found, ok: false });
        continue;
      }
      const own = compareAnswers(graph, floats, found, judging.count);
      rows.push({
        ...row,
        float32: own,
        integers: compareAnswers(graph, meant, found, judging.count),
        ok: own.sqnr >= float32.sqnr - tolerance,
      });
    }
  }
  return rows;
}
