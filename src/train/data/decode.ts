import { readFileSync, statSync } from 'node:fs';
import type { Interpolation } from '../../4-scale/preprocessing.ts';
import { readProblem } from '../../node/system-errors.ts';
import type { Framing } from '../augment/crops.ts';
import { smallSide } from '../augment/recipe.ts';
import { readFully, withFile } from './bytes-of-file.ts';
import { loadSharp, type Sharp } from './load-sharp.ts';
import { pictureFault } from './picture-fault.ts';
import { resample } from './resample.ts';
import { DataError, type Locator, type Pixels } from './types.ts';

/** What an image is decoded to, and how it is resized. */
export type DecodedShape = Omit<Pixels, 'data'> & {
  readonly interpolation?: Interpolation;
  /**
   * For training: a picture that becomes less than half as large is resized by sharp, whose decoder of JPEG then skips most of the
   * work. The values differ slightly from the exact ones.
   */
  readonly fast?: boolean;
};

/**
 * A network's input from an image, resized (with antialiasing) exactly as by Pillow. Pictures are turned by their EXIF data, transparent parts are put on white, the first frame of animations is taken; CMYK (by Pillow's rule) and 16 bits per channel become 8 bits of RGB. An embedded colour
 * profile is ignored: the stored values count, as in Pillow, TensorFlow and OpenCV. Colour becomes gray by luma, before it is resized.
 * @param choose the framing, once the image's size is known.
 * @throws DataError with the reason, for users: the same for the same bytes.
 */
export async function decodeFramed(
  locator: Locator,
  target: DecodedShape,
  choose: (width: number, height: number) => Framing,
): Promise<Uint8Array> {
  if (locator.kind === 'record') return resized(readRecord(locator), target, choose);
  const picture = await openPicture(locator.path);
  const { width, height } = picture;
  // the result does not depend on whether the pixels were packed or in separate pictures
  const small = Math.max(width, height) <= smallSide;
  if (small || !target.fast) return resized(await decodePixels(picture), target, choose);
  const framing = choose(width, height);
  const { from } = framing;
  if (Math.min(from.width / framing.width, from.height / framing.height) < 2) {
    return resized(await decodePixels(picture), target, () => framing);
  }
  const pixels = await decodePixels(picture, (image) => shrink(image, picture, framing, target));
  return withChannels(pixels, target.channels).data;
}

/** A whole image as it is. Throws as `decodeFramed`. */
export async function decodeWhole(locator: Locator, channels: 1 | 3): Promise<Pixels> {
  if (locator.kind === 'record') return withChannels(readRecord(locator), channels);
  return withChannels(await decodePixels(await openPicture(locator.path)), channels);
}

/** Width and height of an image, of a picture after turning it upright. Throws as `decodeFramed`. */
export async function pictureSize(locator: Locator): Promise<readonly [width: number, height: number]> {
  const { width, height } = locator.kind === 'record' ? locator : await openPicture(locator.path);
  return [width, height];
}

interface Picture {
  readonly bytes: Buffer;
  readonly image: ReturnType<Sharp>;
  readonly cmyk: boolean;
  /** Upright. */
  readonly width: number;
  readonly height: number;
}

async function openPicture(path: string): Promise<Picture> {
  const sharp = await loadSharp();
  const bytes = readPicture(path);
  const image = sharp(bytes, { failOn: 'error', ignoreIcc: true });
  const { autoOrient, space } = await decoded(bytes, image.metadata());
  return { bytes, image: image.autoOrient(), cmyk: space === 'cmyk', ...autoOrient };
}

function readPicture(path: string): Buffer {
  let bytes: Buffer;
  try {
    // a pipe or a device would never end
    if (!statSync(path).isFile()) throw new DataError('it is not a regular file');
    bytes = readFileSync(path);
  } catch (e) {
    throw e instanceof DataError ? e : new DataError(readProblem(e));
  }
  if (bytes.length === 0) throw new DataError('the file is empty');
  return bytes;
}

/** Decodes a picture. @param step what is done to it in between. */
async function decodePixels(
  { bytes, image, cmyk }: Picture,
  step: (image: ReturnType<Sharp>) => ReturnType<Sharp> = (same) => same,
): Promise<Pixels> {
  const stepped = step(image);
  // gray comes from the colours by luma, as libvips would use linear light; CMYK is converted here, as libvips would use a
  // printer's profile
  const plain = cmyk
    ? stepped.pipelineColourspace('cmyk').toColourspace('cmyk')
    : stepped.flatten({ background: '#ffffff' }).toColourspace('srgb');
  const { data, info } = await decoded(bytes, plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  const { width, height, channels } = info;
  if (cmyk) return { width, height, channels: 3, data: inksToColours(data, channels) };
  return { width, height, channels: channels as 1 | 3, data };
}

/** Cyan, magenta, yellow and black to red, green and blue as in Pillow: the light that an ink leaves, times what black leaves. */
function inksToColours(inks: Uint8Array, channels: number): Uint8Array {
  const count = inks.length / channels;
  const data = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const light = 255 - (inks[i * channels + 3] as number);
    for (let c = 0; c < 3; c++) {
      const product = (inks[i * channels + c] as number) * light + 128;
      data[3 * i + c] = light - (((product >> 8) + product) >> 8);
    }
  }
  return data;
}

/** sharp's names. */
const kernels = { bicubic: 'cubic', bilinear: 'linear' } as const;

/** The whole is shrunk; what lies outside of the window is never computed. */
function shrink(
  image: ReturnType<Sharp>,
  { width, height }: Picture,
  { from, ...framing }: Framing,
  target: DecodedShape,
): ReturnType<Sharp> {
  const [shrinkX, shrinkY] = [from.width / framing.width, from.height / framing.height];
  const full = [Math.round(width / shrinkX), Math.round(height / shrinkY)] as const;
  const left = Math.min(Math.round(from.left / shrinkX) + framing.left, full[0] - target.width);
  const top = Math.min(Math.round(from.top / shrinkY) + framing.top, full[1] - target.height);
  return image
    .resize(full[0], full[1], { fit: 'fill', kernel: kernels[target.interpolation ?? 'bicubic'] })
    .extract({ left, top, width: target.width, height: target.height });
}

function resized(image: Pixels, target: DecodedShape, choose: (width: number, height: number) => Framing): Uint8Array {
  const { width, height, channels, interpolation } = target;
  const framing = choose(image.width, image.height);
  return resample(withChannels(image, channels), framing, [width, height], interpolation).data;
}

/** Errors of the decoder are the picture's fault. */
async function decoded<T>(bytes: Uint8Array, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (e) {
    const tooLarge = (e as Error).message.includes('pixel limit');
    throw new DataError(tooLarge ? 'it has more pixels than are decoded, 268 million' : pictureFault(bytes));
  }
}

/** Throws DataError if the file has become shorter since it was opened. */
function readRecord({ path, offset, width, height, channels, planar }: Locator & { kind: 'record' }): Pixels {
  const bytes = new Uint8Array(width * height * channels);
  const read = withFile(path, (file) => readFully(file, bytes, offset));
  if (read < bytes.length) throw new DataError('the file ends within the image');
  return { width, height, channels, data: planar ? interleave(bytes, channels) : bytes };
}

function interleave(planes: Uint8Array, channels: number): Uint8Array {
  const pixels = new Uint8Array(planes.length);
  const count = planes.length / channels;
  for (let c = 0, from = 0; c < channels; c++) {
    for (let i = 0; i < count; i++) pixels[i * channels + c] = planes[from++] as number;
  }
  return pixels;
}

/** Gray to colour by repeating; colour to gray by the luma of ITU-R BT.601, of the stored values. */
function withChannels(image: Pixels, channels: 1 | 3): Pixels {
  if (image.channels === channels) return image;
  const count = image.width * image.height;
  const data = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    if (channels === 3) data.fill(image.data[i] as number, 3 * i, 3 * i + 3);
    else {
      const [r, g, b] = [image.data[3 * i], image.data[3 * i + 1], image.data[3 * i + 2]] as [number, number, number];
      // 0.299, 0.587 and 0.114 of 65536: Pillow's own numbers
      data[i] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;
    }
  }
  return { ...image, channels, data };
}
