import { formatBytes } from '../../report/format-number.ts';
import type { SkippedImage } from '../../train/data/types.ts';
import type { StepReport, TrainListener } from '../../train/loop/task.ts';
import type { EpochRecord } from '../../train/metrics/run-log.ts';
import type { Io } from '../io.ts';
import { formatDuration, percent } from './format.ts';

/** How often the line of progress is drawn anew, in milliseconds. */
const interval = 200;
/** Images that are named when they cannot be read; the rest is a number. */
const namedSkips = 10;

export interface TrainScreen extends TrainListener {
  /** Takes the line of progress away. */
  clear(): void;
}

/** Shows a run to people: a line an epoch, and on a terminal the progress within it. */
export function createTrainScreen(io: Io, quiet: boolean): TrainScreen {
  const live = io.stderr.isTTY && !quiet;
  let shown = 0;
  let skips = 0;
  let speed = createSpeed();
  let epochStart = performance.now();
  let rate = 0;
  const clear = () => {
    if (shown > 0) io.stderr.write('\r\x1b[K');
    shown = 0;
  };
  const draw = (line: string) => {
    const now = performance.now();
    if (!live || now - shown < interval) return;
    shown = now;
    io.stderr.write(`\r\x1b[K${line.slice(0, (io.stderr.columns ?? 100) - 1)}`);
  };
  return {
    clear,
    started() {
      speed = createSpeed();
      epochStart = performance.now();
    },
    step(report) {
      speed.add(report.images);
      rate = report.rate;
      draw(stepLine(report, speed.perSecond()));
    },
    evaluating(done, batches) {
      speed.pause();
      draw(`validation ${bar(done / batches)} ${done}/${batches}`);
    },
    epoch(record) {
      clear();
      const seconds = (performance.now() - epochStart) / 1000;
      if (!quiet) io.stdout.write(`${epochLine(record, rate, speed.mean(), seconds)}\n`);
      speed = createSpeed();
      epochStart = performance.now();
    },
    saved() {},
    skipped({ name, reason }: SkippedImage) {
      skips++;
      if (skips > namedSkips + 1) return;
      clear();
      const message =
        skips > namedSkips ? 'more images cannot be read' : `'${name}' cannot be read and is skipped: ${reason}`;
      io.stderr.write(`warning: ${message}\n`);
    },
  };
}

function stepLine(report: StepReport, perSecond: number): string {
  const { epoch, epochs, stepInEpoch, stepsPerEpoch, images, loss, accuracy } = report;
  const left = (stepsPerEpoch - stepInEpoch) * images;
  const eta = perSecond > 0 ? `, ${formatDuration(left / perSecond)} left` : '';
  const memory = formatBytes(process.memoryUsage.rss());
  return `epoch ${epoch + 1}/${epochs} ${bar(stepInEpoch / stepsPerEpoch)} ${stepInEpoch}/${stepsPerEpoch}  loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}  ${perSecond.toFixed(1)} images/s${eta}  ${memory}`;
}

function epochLine(
  { epoch, train, validation, best }: EpochRecord,
  rate: number,
  perSecond: number,
  seconds: number,
): string {
  const scores = Object.entries(validation).map(([weights, { accuracy }]) => `${percent(accuracy)} (${weights})`);
  return [
    `epoch ${epoch + 1}`,
    `loss ${train.loss.toFixed(4)}`,
    `accuracy ${percent(train.accuracy)}`,
    ...(scores.length > 0 ? [`validation ${scores.join(', ')}`] : []),
    `rate ${Number(rate.toPrecision(3))}`,
    `${perSecond.toFixed(1)} images/s`,
    formatDuration(seconds),
    ...(best ? ['best so far'] : []),
  ].join('  ');
}

function bar(share: number): string {
  const full = Math.floor(share * 20);
  return `[${'='.repeat(full)}${' '.repeat(20 - full)}]`;
}

/** Images a second: now, smoothed over the last steps, and over all of the epoch's steps. */
function createSpeed() {
  const start = performance.now();
  let last = start;
  let smooth = 0;
  let images = 0;
  let paused: number | undefined;
  return {
    add(count: number) {
      const now = performance.now();
      const current = (1000 * count) / Math.max(0.1, now - last);
      smooth = smooth === 0 ? current : smooth * 0.9 + current * 0.1;
      last = now;
      images += count;
    },
    /** Validation is not training. */
    pause() {
      paused ??= last;
    },
    perSecond: () => smooth,
    mean: () => (1000 * images) / Math.max(1, (paused ?? last) - start),
  };
}
