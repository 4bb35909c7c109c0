import { basename, join } from 'node:path';
import { orUndefined } from '../../node/or-undefined.ts';
import { readText } from '../../node/regular-file.ts';
import { readProblem } from '../../node/system-errors.ts';
import { aCount, aNumber, anObject, listOf, oneOf } from '../run/shape.ts';
import { RunError } from '../run-error.ts';
import { type LogRecord, metricsFile } from './run-log.ts';

const share = aNumber(0, 1);
const score = anObject(
  { loss: aNumber(), accuracy: share, top5: share },
  { balancedAccuracy: share, macroPrecision: share, macroF1: share },
);
const shapes = {
  step: anObject({
    kind: oneOf('step'),
    step: aCount,
    epoch: aCount,
    loss: aNumber(),
    rate: aNumber(),
    norm: aNumber(),
  }),
  epoch: anObject({
    kind: oneOf('epoch'),
    step: aCount,
    epoch: aCount,
    rate: aNumber(),
    size: listOf(aCount),
    train: anObject({ loss: aNumber(), accuracy: share, images: aCount }),
    validation: anObject({}, { averages: score, raw: score }),
    best: oneOf(true, false),
  }),
};

/** The records of a run's `metrics.jsonl`. @throws RunError for an invalid line: the report is made from them. */
export function readRecords(folder: string): LogRecord[] {
  const path = join(folder, metricsFile);
  let text: string;
  try {
    text = readText(path);
  } catch (e) {
    throw new RunError(`the run's ${metricsFile} cannot be read: ${readProblem(e)}`);
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => {
      const record: unknown = orUndefined(() => JSON.parse(line));
      const { kind } = (record ?? {}) as { kind?: unknown };
      const shape = kind === 'epoch' ? shapes.epoch : shapes.step;
      const problem = record === undefined ? 'it is not JSON' : shape(record, '');
      if (problem === undefined) return record as LogRecord;
      throw new RunError(`line ${i + 1} of the run's ${basename(path)} is damaged: ${problem}`);
    });
}
