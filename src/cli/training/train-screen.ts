import { safeText } from '../../diagnostics/text-width.ts';
import { commandLineWords } from '../../diagnostics/words.ts';
import { formatBytes, formatPercent } from '../../report/format-number.ts';
import type { EpochRecord, StepEvent, TrainEvent } from '../../train/api.ts';
import type { Io } from '../io.ts';
import { createTerminalLine } from '../status-line.ts';

/** Shows what a run reports. */
export interface Screen {
  onEvent(event: TrainEvent): void;
  /** Takes the line of progress away. */
  clear(): void;
}

/** How often the line of progress is redrawn, in milliseconds. */
const interval = 200;
/** Images that are named when they cannot be read; the rest is a number. */
const namedSkips = 10;

/** Shows a run to people: one line per epoch, and on a terminal the progress within it. */
export function createTrainScreen(io: Io, quiet: boolean): Screen {
  let shown = 0;
  let skips = 0;
  let speed = createSpeed();
  let epochStart = performance.now();
  let epochs = 0;
  const columns = () => (io.stderr.columns ?? 100) - 1;
  const progress = createTerminalLine(io);
  const clear = () => {
    progress.clear();
    shown = 0;
  };
  const draw = (line: string) => {
    const now = performance.now();
    if (quiet || now - shown < interval) return;
    shown = now;
    progress.show(line.slice(0, columns()));
  };
  const warn = (message: string) => {
    clear();
    io.stderr.write(`warning: ${safeText(message)}\n`);
  };
  const skipped = ({ name, reason }: { readonly name: string; readonly reason: string }) => {
    skips++;
    if (skips > namedSkips + 1) return;
    warn(skips > namedSkips ? 'more images cannot be read' : `'${name}' cannot be read and is skipped: ${reason}`);
  };
  const beginEpoch = () => {
    speed = createSpeed();
    epochStart = performance.now();
  };
  return {
    clear,
    onEvent(event) {
      switch (event.kind) {
        case 'start':
          epochs = event.epochs;
          return beginEpoch();
        case 'step':
          speed.add(event.images);
          return draw(stepLine(event, speed.perSecond(), columns()));
        case 'evaluating':
          speed.pause();
          return draw(`validation ${bar(event.done / event.batches, 20)} ${event.done}/${event.batches}`);
        case 'epoch': {
          clear();
          const seconds = (performance.now() - epochStart) / 1000;
          if (!quiet) io.stdout.write(`${epochLine(event, epochs, speed.mean(), seconds)}\n`);
          return beginEpoch();
        }
        case 'damaged':
          return warn(`the checkpoint '${event.path}' is damaged; using an older one: ${event.reason}`);
        case 'warning':
          return quiet ? undefined : warn(commandLineWords(event.words));
        case 'skipped':
          return quiet ? undefined : skipped(event);
      }
    },
  };
}

/** All in one line of the terminal: what room is left is the bar's. */
function stepLine(report: StepEvent, perSecond: number, columns: number): string {
  const { epoch, epochs, stepInEpoch, stepsPerEpoch, images, loss, accuracy } = report;
  const left = (stepsPerEpoch - stepInEpoch) * images;
  const facts = [
    `loss ${loss.toFixed(3)}`,
    formatPercent(accuracy),
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
      `${formatPercent(accuracy)}, balanced ${formatPercent(balancedAccuracy)} (${weights})`,
  );
  return [
    `epoch ${epoch + 1}/${epochs}`,
    `loss ${train.loss.toFixed(4)}`,
    `accuracy ${formatPercent(train.accuracy)}`,
    ...(scores.length > 0 ? [`validation ${scores.join(', ')}`] : []),
    `rate ${Number(rate.toPrecision(3))}`,
    `${formatSpeed(perSecond)} images/s`,
    formatDuration(seconds) + (left > 0 ? `, ${formatDuration(left * seconds)} left` : ''),
    ...(best ? ['best so far'] : []),
  ].join('  ');
}

/** `[=====   ]`, up to 20 columns wide; nothing if there are too few. */
function bar(share: number, columns: number): string {
  const width = Math.min(20, columns);
  if (width < 4) return '';
  const full = Math.floor(share * width);
  return `[${'='.repeat(full)}${' '.repeat(width - full)}]`;
}

function formatSpeed(perSecond: number): string {
  return perSecond < 99.5 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

/** `42 s`, `3 min 05 s`, `2 h 04 min`, `5 d 03 h` */
function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const units = [
    [86_400, 'd', 3_600, 'h'],
    [3_600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
  ] as const;
  const [large, name, small, rest] = units.find(([size]) => whole >= size) ?? units[2];
  const left = Math.floor((whole % large) / small);
  return `${Math.floor(whole / large)} ${name} ${String(left).padStart(2, '0')} ${rest}`;
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
