import { safeText } from '../../diagnostics/text-width.ts';
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
  let epochs = 0;
  const columns = () => (io.stderr.columns ?? 100) - 1;
  const clear = () => {
    if (shown > 0) io.stderr.write('\r\x1b[K');
    shown = 0;
  };
  const draw = (line: string) => {
    const now = performance.now();
    if (!live || now - shown < interval) return;
    shown = now;
    io.stderr.write(`\r\x1b[K${line.slice(0, columns())}`);
  };
  return {
    clear,
    started(facts) {
      epochs = facts.epochs;
      speed = createSpeed();
      epochStart = performance.now();
    },
    step(report) {
      speed.add(report.images);
      draw(stepLine(report, speed.perSecond(), columns()));
    },
    evaluating(done, batches) {
      speed.pause();
      draw(`validation ${bar(done / batches, 20)} ${done}/${batches}`);
    },
    epoch(record) {
      clear();
      const seconds = (performance.now() - epochStart) / 1000;
      if (!quiet) io.stdout.write(`${epochLine(record, epochs, speed.mean(), seconds)}\n`);
      speed = createSpeed();
      epochStart = performance.now();
    },
    saved() {},
    damaged({ path, reason }) {
      io.stderr.write(`warning: the checkpoint '${path}' is damaged, an older one is taken: ${reason}\n`);
    },
    skipped({ name, reason }: SkippedImage) {
      if (quiet) return;
      skips++;
      if (skips > namedSkips + 1) return;
      clear();
      const message =
        skips > namedSkips ? 'more images cannot be read' : `'${name}' cannot be read and is skipped: ${reason}`;
      io.stderr.write(`warning: ${safeText(message)}\n`);
    },
  };
}

/** All in one line of the terminal: what room is left is the bar's. */
function stepLine(report: StepReport, perSecond: number, columns: number): string {
  const { epoch, epochs, stepInEpoch, stepsPerEpoch, images, loss, accuracy } = report;
  const left = (stepsPerEpoch - stepInEpoch) * images;
  const facts = [
    `loss ${loss.toFixed(3)}`,
    percent(accuracy),
    `${formatSpeed(perSecond)} images/s`,
    ...(perSecond > 0 ? [`${formatDuration(left / perSecond)} left`] : []),
    formatBytes(process.memoryUsage.rss()),
  ].join('  ');
  const before = `epoch ${epoch + 1}/${epochs} `;
  const after = ` ${stepInEpoch}/${stepsPerEpoch}  ${facts}`;
  return before + bar(stepInEpoch / stepsPerEpoch, columns - before.length - after.length - 3) + after;
}

function epochLine(record: EpochRecord, epochs: number, perSecond: number, seconds: number): string {
  const { epoch, train, validation, best, rate } = record;
  const left = epochs - epoch - 1;
  const scores = Object.entries(validation).map(
    ([weights, { accuracy, balancedAccuracy }]) =>
      `${percent(accuracy)}, balanced ${percent(balancedAccuracy)} (${weights})`,
  );
  return [
    `epoch ${epoch + 1}/${epochs}`,
    `loss ${train.loss.toFixed(4)}`,
    `accuracy ${percent(train.accuracy)}`,
    ...(scores.length > 0 ? [`validation ${scores.join(', ')}`] : []),
    `rate ${Number(rate.toPrecision(3))}`,
    `${formatSpeed(perSecond)} images/s`,
    formatDuration(seconds) + (left > 0 ? `, ${formatDuration(left * seconds)} left` : ''),
    ...(best ? ['best so far'] : []),
  ].join('  ');
}

/** `[=====   ]`, of as many columns as there are up to 20; nothing where there are too few. */
function bar(share: number, columns: number): string {
  const width = Math.min(20, columns);
  if (width < 4) return '';
  const full = Math.floor(share * width);
  return `[${'='.repeat(full)}${' '.repeat(width - full)}]`;
}

function formatSpeed(perSecond: number): string {
  return perSecond < 99.5 ? perSecond.toFixed(1) : String(Math.round(perSecond));
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
