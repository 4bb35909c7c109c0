import { randomState } from '../../weights/random.ts';
import { drawMix, type Mix } from '../augment/mixing.ts';
import type { LoaderSettings } from './loader-settings.ts';
import { shuffle } from './sampling.ts';
import type { Batch, SkippedImage } from './types.ts';

export interface BatchParts {
  readonly index: number;
  readonly epoch: number;
  readonly height: number;
  readonly width: number;
  /** `[N, H, W, C]`, 8 bits. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly indices: Int32Array;
  /** By slot. */
  readonly skipped: ReadonlyMap<number, SkippedImage>;
}

/** Normalises and mixes the images of a batch and makes its targets. */
export function assembleBatch(parts: BatchParts, classes: number, settings: LoaderSettings): Batch {
  const { index, height, width, pixels, labels, indices, skipped } = parts;
  const { channels, classWeights } = settings;
  const count = labels.length;
  const state = randomState(settings.seed, `mix/${parts.epoch}/${index}`);
  const mix = drawMix(count, [width, height], settings, shuffle, state);
  const images = new Float32Array(pixels.length);
  const targets = new Float32Array(count * classes);
  const weights = new Float32Array(count);
  const tables = normalisingTables(settings);
  const size = height * width * channels;
  for (let slot = 0; slot < count; slot++) {
    if (skipped.has(slot)) continue;
    const own = pixels.subarray(slot * size, (slot + 1) * size);
    const out = images.subarray(slot * size, (slot + 1) * size);
    const label = labels[slot] as number;
    // an image that could not be read is never a partner
    const partner = mix?.partner[slot] ?? slot;
    const mixed = mix !== undefined && partner !== slot && !skipped.has(partner);
    const share = mixed ? mix.share : 1;
    normalise(own, out, tables);
    if (mixed) mixInto(out, pixels.subarray(partner * size, (partner + 1) * size), mix, width, tables);
    const other = labels[partner] as number;
    weights[slot] = share * (classWeights[label] as number) + (1 - share) * (classWeights[other] as number);
    setTargets(targets.subarray(slot * classes, (slot + 1) * classes), label, other, share, settings.labelSmoothing);
  }
  const shape = [count, height, width, channels] as const;
  return { index, shape, images, targets, labels, weights, indices, skipped: [...skipped.values()] };
}

/** How a channel of the network's input is made. */
interface ChannelTable {
  /** `(value / 255 - mean) / std` for each value. */
  readonly values: Float32Array;
  /** Maps a channel's index to the index of its colour in pictures, whose order is red, green, blue. */
  readonly shift: number;
}

function normalisingTables({ mean, std, channelOrder }: LoaderSettings): readonly ChannelTable[] {
  const last = mean.length - 1;
  return mean.map((m, c) => ({
    values: Float32Array.from({ length: 256 }, (_, v) => (v / 255 - m) / (std[c] as number)),
    shift: channelOrder === 'bgr' ? last - 2 * c : 0,
  }));
}

function normalise(from: Uint8Array, to: Float32Array, tables: readonly ChannelTable[]): void {
  const step = tables.length;
  for (let c = 0; c < step; c++) {
    const { values, shift } = tables[c] as ChannelTable;
    for (let i = c; i < from.length; i += step) to[i] = values[from[i + shift] as number] as number;
  }
}

function mixInto(to: Float32Array, other: Uint8Array, mix: Mix, width: number, tables: readonly ChannelTable[]): void {
  const channels = tables.length;
  if (mix.kind === 'mixup') {
    const { share } = mix;
    for (let i = 0; i < to.length; i++) {
      const { values, shift } = tables[i % channels] as ChannelTable;
      const value = values[other[i + shift] as number] as number;
      to[i] = share * (to[i] as number) + (1 - share) * value;
    }
    return;
  }
  const row = width * channels;
  for (let y = mix.top; y < mix.bottom; y++) {
    const [from, end] = [y * row + mix.left * channels, y * row + mix.right * channels];
    normalise(other.subarray(from, Math.max(from, end)), to.subarray(from, Math.max(from, end)), tables);
  }
}

function setTargets(row: Float32Array, label: number, other: number, share: number, smoothing: number): void {
  row.fill(smoothing / row.length);
  row[label] = (row[label] as number) + share * (1 - smoothing);
  row[other] = (row[other] as number) + (1 - share) * (1 - smoothing);
}
