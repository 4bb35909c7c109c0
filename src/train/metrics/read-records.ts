import { join } from 'node:path';
import { readLog } from '../run/read-texts.ts';
import { aCount, aNumber, anObject, listOf, oneOf } from '../run/shape.ts';
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
  return readLog(join(folder, metricsFile), `the run's ${metricsFile}`, (record) => {
    const { kind } = (record ?? {}) as { kind?: unknown };
    return (kind === 'epoch' ? shapes.epoch : shapes.step)(record, '');
  });
}
