import { nounFor } from '../../diagnostics/noun-for.ts';
import { assembleBatch } from './assemble-batch.ts';
import type { ReadFailure } from './job.ts';
import { type LoaderSettings, loaderSettings } from './loader-settings.ts';
import { epochOrder } from './order.ts';
import { createPool, type PendingBatch, type WorkerPool } from './pool.ts';
import {
  type Batch,
  DataError,
  type Dataset,
  type Loader,
  type LoaderOptions,
  type SkippedImage,
  type Split,
  type SplitName,
} from './types.ts';

/** A batch that the workers are preparing. */
interface Begun {
  readonly index: number;
  readonly epoch: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly indices: Int32Array;
  readonly pending: PendingBatch;
}

/**
 * Batches of a split, decoded and augmented by worker threads that start with the first epoch. At most `prefetch` batches are
 * ready or begun ahead of the requested one. @throws DataError if the set has no such split or an option is invalid.
 */
export function createLoader(dataset: Dataset, name: SplitName, options: LoaderOptions): Loader {
  const split = dataset.splits[name];
  if (!split) {
    const there = Object.keys(dataset.splits).join(', ');
    throw new DataError(`'${dataset.path}' has no images for ${name}; it has ${there}.`);
  }
  const settings = loaderSettings(dataset, name, split, options);
  const { batchSize } = settings;
  const batches = batchesOf(split.count, settings);
  const corrupt = new Map<number, SkippedImage>();
  const failures = failureLimit(split, dataset.classes, settings, corrupt);
  let pool: WorkerPool | undefined;
  let closed = false;

  async function* epoch(number: number, fromBatch = 0): AsyncGenerator<Batch> {
    if (closed) throw new DataError('the loader is closed.');
    pool ??= createPool(settings.workers);
    const workers = pool;
    const order = epochOrder(split as Split, samplingOf(settings), settings.seed, number);
    const ahead: Begun[] = [];
    let next = fromBatch;
    try {
      for (;;) {
        while (next < batches && ahead.length <= settings.prefetch) {
          ahead.push(begin(workers, split as Split, settings, order, number, next++));
        }
        const begun = ahead.shift();
        if (!begun) return;
        yield finish(begun, await begun.pending.done, split as Split, dataset.classes.length, settings, failures);
      }
    } finally {
      for (const { pending } of ahead) pending.cancel();
    }
  }

  return {
    batches,
    images: Math.min(split.count, batches * batchSize),
    corrupt,
    epoch,
    async close() {
      closed = true;
      await pool?.close();
      pool = undefined;
    },
  };
}

/** Batch norms learn nothing from a batch of one image: such a rest is left out of training. */
function batchesOf(count: number, { batchSize, dropSingle }: LoaderSettings): number {
  const whole = Math.floor(count / batchSize);
  const rest = count - whole * batchSize;
  return rest === 0 || (dropSingle && rest === 1) ? whole : whole + 1;
}

const samplingOf = ({ shuffle, balanced }: LoaderSettings) => (balanced ? 'balanced' : shuffle ? 'shuffled' : 'all');

function begin(
  workers: WorkerPool,
  split: Split,
  settings: LoaderSettings,
  order: Int32Array,
  epoch: number,
  index: number,
): Begun {
  const { batchSize, channels, crop, interpolation, augmentation, seed } = settings;
  const [height, width] = settings.sizeOf(epoch);
  const first = index * batchSize;
  const indices = order.slice(first, first + batchSize);
  const pixels = new Uint8Array(new SharedArrayBuffer(indices.length * height * width * channels));
  const pending = workers.submit({
    plan: { width, height, channels, interpolation, ...(crop !== undefined && { crop }), augmentation, seed, epoch },
    first,
    locators: Array.from(indices, (i) => split.locate(i)),
    pixels,
  });
  return { index, epoch, height, width, pixels, indices, pending };
}

/** Counts what could not be read. */
interface FailureLimit {
  /** @throws DataError if too many images were unreadable so far, all of the split, or all of a class that is trained on. */
  add(image: SkippedImage): void;
}

function failureLimit(
  split: Split,
  classes: readonly string[],
  { shuffle: training, maxCorrupt }: LoaderSettings,
  corrupt: Map<number, SkippedImage>,
): FailureLimit {
  const left = new Int32Array(classes.length);
  for (const label of split.labels) left[label] = (left[label] as number) + 1;
  return {
    add(image) {
      if (corrupt.has(image.index)) return;
      corrupt.set(image.index, image);
      const { count } = split;
      const label = split.labels[image.index] as number;
      left[label] = (left[label] as number) - 1;
      const all = () => [...corrupt.values()];
      if (corrupt.size === count) throw new DataError(unreadable(all(), `of ${count} ${nounFor(count, 'image')}`, ''));
      if (training && left[label] === 0) {
        const own = all().filter(({ index }) => split.labels[index] === label);
        const whose = `of ${own.length} ${nounFor(own.length, 'image')} of the class '${classes[label]}'`;
        throw new DataError(unreadable(own, whose, ', so that nothing can be learnt about it'));
      }
      if (corrupt.size > maxCorrupt) {
        throw new DataError(
          unreadable(all(), `of ${count} ${nounFor(count, 'image')}`, `; at most ${maxCorrupt} may be`),
        );
      }
    },
  };
}

function finish(
  begun: Begun,
  failures: readonly ReadFailure[],
  split: Split,
  classes: number,
  settings: LoaderSettings,
  limit: FailureLimit,
): Batch {
  const skipped = new Map<number, SkippedImage>();
  for (const { slot, reason } of failures) {
    const index = begun.indices[slot] as number;
    const image = { index, name: split.nameOf(index), reason };
    skipped.set(slot, image);
    limit.add(image);
  }
  const labels = begun.indices.map((i) => split.labels[i] as number);
  return assembleBatch({ ...begun, labels, skipped }, classes, settings);
}

function unreadable(images: readonly SkippedImage[], whose: string, then: string): string {
  const named = images.slice(0, 5).map(({ name, reason }) => `'${name}' (${reason})`);
  const more = images.length > named.length ? ' and others' : '';
  return `${images.length} ${whose} could not be read${then}: ${named.join(', ')}${more}.`;
}
