import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from '../reason-of.ts';
import { readFully, withFile } from './bytes-of-file.ts';
import { loadSharp, type Sharp } from './load-sharp.ts';
import { resample } from './resample.ts';
import { DataError, type Locator, type Pixels } from './types.ts';

/** A rectangle of a picture, in whole pixels of the upright picture. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Target {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/**
 * A rectangle of an image, resized (bicubic, with antialiasing). Pictures are turned as their EXIF data say, transparent
 * parts lie on white, of animations the first frame is taken; 16 bits a channel and CMYK become 8 bits of sRGB or gray.
 * @param choose the rectangle, once the image's size is known.
 * @throws DataError with the decoder's reason, for people.
 */
export async function decodeCrop(
  locator: Locator,
  target: Target,
  choose: (width: number, height: number) => Rect,
): Promise<Uint8Array> {
  if (locator.kind === 'record') {
    const image = readRecord(locator);
    const rect = choose(image.width, image.height);
    return withChannels(resample(crop(image, rect), target.width, target.height), target.channels).data;
  }
  const { picture, width, height } = await openPicture(await loadSharp(), locator.path);
  return resizePicture(picture, [width, height], choose(width, height), target);
}

/** A whole image as it is. Throws as `decodeCrop`. */
export async function decodeWhole(locator: Locator, channels: 1 | 3): Promise<Pixels> {
  if (locator.kind === 'record') return withChannels(readRecord(locator), channels);
  const { picture, width, height } = await openPicture(await loadSharp(), locator.path);
  const target = { width, height, channels };
  return { ...target, data: await resizePicture(picture, [width, height], { left: 0, top: 0, width, height }, target) };
}

async function openPicture(sharp: Sharp, path: string) {
  const bytes = readPicture(path);
  const picture = sharp(bytes, { failOn: 'error' });
  // the size after turning it upright
  const { width, height } = (await asDataError(picture.metadata())).autoOrient;
  return { picture: picture.autoOrient(), width, height };
}

function readPicture(path: string): Buffer {
  let bytes: Buffer;
  try {
    // a pipe or a device would never end
    if (!statSync(path).isFile()) throw new DataError('it is no regular file');
    bytes = readFileSync(path);
  } catch (e) {
    throw e instanceof DataError ? e : new DataError(reasonOf(e));
  }
  if (bytes.length === 0) throw new DataError('the file is empty');
  return bytes;
}

async function resizePicture(
  picture: ReturnType<Sharp>,
  [width, height]: readonly [number, number],
  rect: Rect,
  target: Target,
): Promise<Uint8Array> {
  const options = { fit: 'fill', kernel: 'cubic' } as const;
  const whole = rect.width === width && rect.height === height;
  const [shrinkX, shrinkY] = [rect.width / target.width, rect.height / target.height];
  if (whole) {
    picture.resize(target.width, target.height, options);
  } else if (Math.min(shrinkX, shrinkY) >= 2) {
    // Shrinking the whole lets the decoder of JPEG skip most of the work; what lies outside of the rectangle is never computed.
    const full = [Math.round(width / shrinkX), Math.round(height / shrinkY)] as const;
    const left = Math.min(Math.round(rect.left / shrinkX), full[0] - target.width);
    const top = Math.min(Math.round(rect.top / shrinkY), full[1] - target.height);
    picture.resize(full[0], full[1], options).extract({ left, top, width: target.width, height: target.height });
  } else {
    picture.extract(rect).resize(target.width, target.height, options);
  }
  const { data, info } = await asDataError(
    picture
      .flatten({ background: '#ffffff' })
      .toColourspace(target.channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const pixels = { width: info.width, height: info.height, channels: info.channels as 1 | 3, data };
  return withChannels(pixels, target.channels).data;
}

/** What the decoder refuses is the picture's fault; its reasons come a line each. */
async function asDataError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (e) {
    const lines = (e as Error).message.split('\n').map((line) => line.trim());
    throw new DataError(lines.filter((line) => line !== '').join('; '));
  }
}

/** Throws DataError where the file has become shorter since it was opened. */
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

function crop(image: Pixels, { left, top, width, height }: Rect): Pixels {
  if (width === image.width && height === image.height) return image;
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}

/** Gray to colour by repeating; colour to gray by the luma of ITU-R BT.601. */
function withChannels(image: Pixels, channels: 1 | 3): Pixels {
  if (image.channels === channels) return image;
  const count = image.width * image.height;
  const data = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    if (channels === 3) data.fill(image.data[i] as number, 3 * i, 3 * i + 3);
    else {
      const [r, g, b] = [image.data[3 * i], image.data[3 * i + 1], image.data[3 * i + 2]] as [number, number, number];
      data[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    }
  }
  return { ...image, channels, data };
}
