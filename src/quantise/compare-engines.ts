import type { Graph } from '../5-graph/graph.ts';
import type { IntegerOps } from '../5-graph/quantise/integer-ops.ts';
import { firstLine } from '../backends/first-line.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { answersOf, type Closeness, compareAnswers } from './judge.ts';
import type { Pictures } from './pictures.ts';
import { quantisePlainly } from './quantise-plainly.ts';

/** A quantised form of a network, and the engine that runs it. */
export interface QuantisedForm {
  /** Its name for people: `ONNX`. */
  readonly name: string;
  /** For inference, with norms folded. */
  readonly graph: Graph;
  readonly weights: WeightSource;
  readonly integers: IntegerOps;
  readonly engines: readonly Engine[];
}

/** How close a form's answers are in an engine. */
export interface IntegerRow {
  readonly form: string;
  /** Absent for what the integers represent: computed in float32, and rounded where the file rounds. */
  readonly engine?: string;
  /** Closeness to the answers of the network in float32. */
  readonly float32?: Closeness;
  /** Closeness to what the integers represent. */
  readonly integers?: Closeness;
  /** The message of an engine that does not run it. */
  readonly failure?: string;
  readonly ok: boolean;
}

/**
 * Compares the results of engines on int8 files. Engines round sums in different ways, by steps as large as the noise of quantisation
 * itself, so equal numbers cannot be required, but equal distances from float32 can. @param exact computes what integers represent.
 * @param tolerance how much further from float32 an engine may be than that, in decibels
 */
export async function compareEngines(
  forms: readonly QuantisedForm[],
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
    progress(`${name}: what the integers represent`);
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
