import { formatPercent } from '../../report/format-number.ts';
import type { EpochRecord, LogRecord, StepRecord } from '../metrics/run-log.ts';
import { shortNumber } from './html.ts';
import { lineChart, type Series } from './line-chart.ts';

type Point = readonly [number, number];

/** The curves of a run: loss, accuracy, learning rate over epochs. */
export function runCharts(records: readonly LogRecord[], stepsPerEpoch: number): string {
  const epochs = records.filter((record): record is EpochRecord => record.kind === 'epoch');
  const steps = records.filter((record): record is StepRecord => record.kind === 'step');
  const overEpochs = (value: (record: EpochRecord) => number | undefined): Point[] =>
    epochs.flatMap((record) => {
      const y = value(record);
      return y === undefined ? [] : [[record.epoch + 1, y] as const];
    });
  const overSteps = (value: (record: StepRecord) => number): Point[] =>
    steps.map((record) => [record.step / stepsPerEpoch, value(record)] as const);
  const validated = (of: 'loss' | 'accuracy'): Series[] => [
    { name: 'validation, averages', color: 2, points: overEpochs(({ validation }) => validation.averages?.[of]) },
    { name: 'validation, raw', color: 3, points: overEpochs(({ validation }) => validation.raw?.[of]) },
  ];
  return [
    lineChart({
      title: 'Loss',
      note: 'In training with label smoothing, mixing, augmentation and dropout; in validation without.',
      series: [
        { name: 'steps', color: 1, faint: true, points: overSteps(({ loss }) => loss) },
        { name: 'training', color: 1, points: overEpochs(({ train }) => train.loss) },
        ...validated('loss'),
      ],
      format: (value) => shortNumber(value),
      low: 0,
    }),
    lineChart({
      title: 'Accuracy',
      series: [
        { name: 'training', color: 1, points: overEpochs(({ train }) => train.accuracy) },
        ...validated('accuracy'),
      ],
      format: (value) => formatPercent(value, 1),
    }),
    lineChart({
      title: 'Learning rate',
      series: [{ name: 'rate', color: 1, points: overSteps(({ rate }) => rate) }],
      format: (value) => shortNumber(value),
      low: 0,
    }),
    lineChart({
      title: 'Norm of the gradient',
      series: [{ name: 'norm', color: 1, points: overSteps(({ norm }) => norm) }],
      format: (value) => shortNumber(value),
      low: 0,
    }),
  ].join('');
}
