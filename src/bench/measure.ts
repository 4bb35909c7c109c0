import { isSettled, median } from './statistics.ts';

/** A window of the warm-up: at least this many runs of each model and this many milliseconds. */
const windowRuns = 5;
const windowMs = 100;
/** The end of a warm-up that does not settle. */
export const mostWindows = 30;

/**
 * Models are opened again for each block: the placement of its memory can make a small model some percent faster or slower,
 * so that two sessions of one file differ.
 */
export const blockCount = 12;
/** The minimum length of a block, for each model. */
export const blockRuns = 4;
/** Unmeasured runs after opening, for caches and allocations. */
const freshRuns = 3;
const freshMs = 10;

/** The minimum time over which a latency is measured, in steps of the clock. */
const leastSteps = 50;

/** A model that is ready to run. */
export interface RunnableModel {
  run(): Promise<unknown>;
  close(): Promise<void>;
}

export interface MeasureOptions {
  /** How long to measure at least, over all models, without opening and warming up. */
  readonly seconds: number;
  /** A clock, in milliseconds. */
  readonly now: () => number;
  /**
   * The step of that clock, in milliseconds: a model that is too fast for it is run several times for one latency. 0 by
   * default.
   */
  readonly resolution?: number;
  /** Called outside of the timed part, and awaited. */
  readonly onProgress?: (text: string) => void | Promise<void>;
  /** The interval between its calls in milliseconds: 100 by default. */
  readonly progressMs?: number;
}

/** Latencies of one model in milliseconds in the order of time, by blocks. */
export type Blocks = readonly (readonly number[])[];

export interface Measured {
  /** For each model. */
  readonly blocks: readonly Blocks[];
  readonly warmUpRuns: number;
  /** Whether three medians in a row agreed within 2 %, for each model. */
  readonly settled: boolean;
}

/**
 * Warms models up, and then times them in turns: in one round each runs once, in the next they run in the opposite order.
 * @param models open a model. All are open at once, opened in this order in one block and in the opposite order in the next.
 */
export async function measure(
  models: readonly (() => Promise<RunnableModel>)[],
  { seconds, now, resolution = 0, onProgress, progressMs = 100 }: MeasureOptions,
): Promise<Measured> {
  let shown = Number.NEGATIVE_INFINITY;
  const show = async (text: () => string) => {
    if (!onProgress || now() - shown < progressMs) return;
    await onProgress(text());
    shown = now();
  };
  /** The number of runs per latency, for each model. */
  const repeats = models.map(() => 1);
  const { warmUpRuns, settled } = await opened(false, warmUp);
  const blocks: number[][][] = models.map(() => []);
  for (let block = 0; block < blockCount; block++) {
    const times = await opened(block % 2 === 1, async (runs) => {
      await timeRounds(runs, freshRuns, freshMs);
      return timeRounds(
        runs,
        blockRuns,
        (seconds * 1000) / blockCount,
        () => `measuring: block ${block + 1} of ${blockCount}`,
      );
    });
    for (const [i, series] of times.entries()) blocks[i]?.push(series);
  }
  return { blocks, warmUpRuns, settled };

  async function opened<T>(inverted: boolean, work: (models: readonly RunnableModel[]) => Promise<T>): Promise<T> {
    const open: RunnableModel[] = [];
    try {
      for (const model of inOrder(models, inverted)) open.push(await model());
      return await work(inOrder(open, inverted));
    } finally {
      for (const model of open) await model.close();
    }
  }

  async function warmUp(runnable: readonly RunnableModel[]) {
    const medians: number[][] = runnable.map(() => []);
    const isWarm = () => medians.every(isSettled);
    let runs = 0;
    for (let window = 1; window <= mostWindows && !isWarm(); window++) {
      const times = await timeRounds(
        runnable,
        windowRuns,
        windowMs,
        () => `warming up: window ${window} of at most ${mostWindows}`,
      );
      for (const [i, series] of times.entries()) {
        medians[i]?.push(median(series));
        // the mean, because single runs may be below the clock's step
        const mean = series.reduce((sum, ms) => sum + ms, 0) / series.length;
        if (window > 1 || resolution === 0) continue;
        repeats[i] = Math.max(1, Math.ceil((leastSteps * resolution) / Math.max(mean, resolution / 100)));
      }
      runs += times[0]?.length ?? 0;
    }
    return { warmUpRuns: runs, settled: isWarm() };
  }

  /** At least this many rounds and milliseconds. */
  async function timeRounds(
    runnable: readonly RunnableModel[],
    rounds: number,
    ms: number,
    doing?: () => string,
  ): Promise<number[][]> {
    const times: number[][] = runnable.map(() => []);
    const numbered = runnable.map((model, i) => [model, times[i] as number[], repeats[i] as number] as const);
    const start = now();
    for (let done = 0; done < rounds || now() - start < ms; done++) {
      if (doing) await show(doing);
      for (const [model, series, count] of inOrder(numbered, done % 2 === 1)) {
        const before = now();
        for (let i = 0; i < count; i++) await model.run();
        series.push((now() - before) / count);
      }
    }
    return times;
  }
}

function inOrder<T>(items: readonly T[], inverted: boolean): readonly T[] {
  return inverted ? items.toReversed() : items;
}
