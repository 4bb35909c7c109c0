import type { Preprocessing } from '../4-scale/preprocessing.ts';
import { firstStated } from '../4-scale/preprocessing.ts';
import { resolvePreprocessing } from '../5-graph/preprocessing.ts';
import { option, words } from '../diagnostics/words.ts';
import type { NetworkImage } from '../train/open/classified-network.ts';
import { RunError } from '../train/run-error.ts';
import { statedLabels, statedPreprocessing } from '../weights/preprocessing-facts.ts';
import type { Classifier } from './classifier.ts';

/** How a file's input is laid out. */
export interface FileInput {
  readonly layout: 'NCHW' | 'NHWC';
  readonly image: NetworkImage;
}

/** What a file is called: the network that it states to be, and its own name. */
export function nameOfFile(metadata: ReadonlyMap<string, string>, shown: string): string {
  const model = metadata.get('enet.model');
  return model === undefined ? shown : `${model}, ${shown}`;
}

/** Options for what a file leaves open. */
export interface AskedOfFile {
  readonly preprocessing?: Preprocessing;
  /** Height and width. */
  readonly size?: readonly [height: number, width: number];
}

/**
 * The pictures that a file's input takes, by its shape and the file's metadata. @param shape with the batch; an open
 * size is not a positive number. @throws RunError for an input that does not take pictures, or of open size where none
 * is requested.
 */
export function imageOfFile(
  shown: string,
  shape: readonly unknown[],
  metadata: ReadonlyMap<string, string>,
  { preprocessing, size: asked }: AskedOfFile,
): FileInput & Pick<Classifier, 'labels' | 'batch' | 'isNormalisationStated'> {
  const sides = shape.map((side) => (typeof side === 'number' && side > 0 ? side : undefined));
  const isColour = (side: number | undefined): side is 1 | 3 => side === 1 || side === 3;
  const [batch, second, third, fourth] = sides;
  const layout = isColour(fourth) && !isColour(second) ? 'NHWC' : 'NCHW';
  const channels = layout === 'NHWC' ? fourth : second;
  if (shape.length !== 4 || !isColour(channels)) {
    throw new RunError(
      `the input of '${shown}' has the shape [${shape.join(', ')}], which is not that of pictures of 1 or 3 channels`,
    );
  }
  const own = layout === 'NHWC' ? [second, third] : [third, fourth];
  const size = own.map((side, axis) => side ?? asked?.[axis]);
  const [height, width] = size;
  if (height === undefined || width === undefined) {
    throw new RunError(
      words`'${shown}' takes pictures of any size, and states none: ${option('resolution', '224')} gives them one`,
      {
        setting: 'resolution',
      },
    );
  }
  if (asked && (asked[0] !== height || asked[1] !== width)) {
    throw new RunError(`'${shown}' takes pictures of ${height} x ${width} pixels, not of ${asked.join(' x ')}`);
  }
  const spread = (n: readonly number[] | undefined) =>
    n?.length === 1 ? Array.from({ length: channels }, () => n[0] as number) : n;
  const stated = firstStated(preprocessing, statedPreprocessing(metadata));
  const [mean, std] = [spread(stated?.mean), spread(stated?.std)];
  const full = { ...stated, ...(mean && { mean }), ...(std && { std }) };
  const labels = statedLabels(metadata);
  return {
    layout,
    image: { channels, size: [height, width], preprocessing: resolvePreprocessing(channels, full) },
    isNormalisationStated: mean !== undefined || std !== undefined,
    ...(batch !== undefined && { batch }),
    ...(labels && { labels }),
  };
}

/** Whether an output has one number per class: the only axis longer than 1 is the last, or the channels of a map. Of three axes, the middle one is rows. */
function isScores(shape: readonly number[]): boolean {
  const [, ...own] = shape;
  const long = own.flatMap((side, axis) => (side === 1 ? [] : [axis]));
  const [axis = own.length - 1] = long;
  return own.length > 0 && long.length <= 1 && (axis === own.length - 1 || (axis === 0 && own.length === 3));
}

/**
 * Among the outputs of a run the one with one number per class: `[N, K]`, apart from axes of length 1.
 * @throws RunError if there is none, or several.
 */
export function scoresAmong<Output extends { readonly name: string; readonly shape: readonly number[] }>(
  shown: string,
  outputs: readonly Output[],
): Output {
  const scores = outputs.filter(({ shape }) => isScores(shape));
  const [only] = scores;
  if (only && scores.length === 1) return only;
  const found = outputs.map(({ name, shape }) => `'${name}' [${shape.join(', ')}]`).join(', ');
  throw new RunError(
    `'${shown}' has ${only ? 'several outputs' : 'no output'} of class scores, one number per class: ${found}`,
  );
}

/** Images with their channels before their pixels. @param images `[N, H, W, C]` @returns `[N, C, H, W]` */
export function channelsFirst(images: Float32Array, pixels: number, channels: number): Float32Array {
  if (channels === 1) return images;
  const turned = new Float32Array(images.length);
  const size = pixels * channels;
  for (let start = 0; start < images.length; start += size) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++) {
        turned[start + c * pixels + pixel] = images[start + pixel * channels + c] as number;
      }
    }
  }
  return turned;
}

/** Images filled up to a fixed batch with zeros. @param size of one */
function filledUp(images: Float32Array, batch: number, size: number): Float32Array {
  if (images.length === batch * size) return images;
  const filled = new Float32Array(batch * size);
  filled.set(images);
  return filled;
}

/**
 * Pictures as a file's input takes them. @param images of `count` pictures, normalised, channels last. @returns their numbers and shape,
 * padded to the file's batch size; `ofThese` takes the pictures' scores from those of a batch.
 */
export function asFed(
  { layout, image: { channels, size }, batch: own }: FileInput & Pick<Classifier, 'batch'>,
  images: Float32Array,
  count: number,
): { readonly shape: number[]; readonly data: Float32Array; ofThese(scores: Float32Array): Float32Array } {
  const [height, width] = size;
  const batch = own ?? count;
  const isFirst = layout === 'NCHW';
  const ordered = isFirst ? channelsFirst(images, height * width, channels) : images;
  return {
    shape: isFirst ? [batch, channels, height, width] : [batch, height, width, channels],
    data: filledUp(ordered, batch, height * width * channels),
    ofThese: (scores) => scores.subarray(0, (scores.length / batch) * count),
  };
}
