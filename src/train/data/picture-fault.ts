import { formatOf, headBytes, isText } from './picture-format.ts';

/**
 * Why a picture that the decoder refuses cannot be read, only by its bytes: the same bytes give the same reason. (libvips keeps
 * its own messages in one buffer for all threads, so that those of pictures decoded at the same time get mixed.)
 */
export function pictureFault(bytes: Uint8Array): string {
  const head = bytes.subarray(0, headBytes);
  const format = formatOf(head);
  if (!format) return isText(head) ? 'it is text, not a picture' : 'it is not a picture of a known format';
  const { name, readable } = format;
  if (!readable) return `its format is ${name}, which is not read here: convert it to PNG or JPEG`;
  return endsEarly[name]?.(bytes) ? `the file ends within the picture (${name})` : `the picture is damaged (${name})`;
}

/** Whether a file ends before the picture does, for formats that show it; each takes time in proportion to the file's size. */
const endsEarly: Readonly<Record<string, (bytes: Uint8Array) => boolean>> = {
  JPEG: jpegEndsEarly,
  PNG: pngEndsEarly,
  GIF: gifEndsEarly,
  WebP: (bytes) => bytes.length < 12 || viewOf(bytes).getUint32(4, true) + 8 > bytes.length,
  TIFF: tiffEndsEarly,
  AVIF: avifEndsEarly,
};

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Markers up to the end of the image; entropy-coded data after a scan's header (ISO 10918-1, B.1.1). */
function jpegEndsEarly(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1] as number;
    if (marker === 0xd9) return false;
    if (marker === 0xff) {
      at++;
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
    } else {
      if (at + 4 > bytes.length) return true;
      at += 2 + viewOf(bytes).getUint16(at + 2);
      if (marker === 0xda) at = endOfScan(bytes, at);
    }
  }
  return true;
}

/** Position of the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1] as number;
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

function pngEndsEarly(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === 0x49454e44) return false;
  }
  return true;
}

function gifEndsEarly(bytes: Uint8Array): boolean {
  const tableBytes = (at: number) => ((bytes[at] ?? 0) & 0x80 ? 3 << (((bytes[at] ?? 0) & 7) + 1) : 0);
  let at = 13 + tableBytes(10);
  const passBlocks = () => {
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] as number);
    at++;
  };
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === 0x3b) return false;
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) at += 11 + tableBytes(at + 9);
    else return false;
    passBlocks();
  }
  return true;
}

/** By the place of the first directory, which most writers put behind the pixels. */
function tiffEndsEarly(bytes: Uint8Array): boolean {
  const little = bytes[0] === 0x49;
  const large = bytes[little ? 2 : 3] === 43;
  const view = viewOf(bytes);
  if (bytes.length < 16) return true;
  return (large ? Number(view.getBigUint64(8, little)) : view.getUint32(4, little)) >= bytes.length;
}

function avifEndsEarly(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  let at = 0;
  while (at + 16 <= bytes.length) {
    const size = view.getUint32(at);
    if (size === 0) return false;
    const boxBytes = size === 1 ? Number(view.getBigUint64(at + 8)) : size;
    if (boxBytes < 8) return false;
    at += boxBytes;
  }
  return at !== bytes.length;
}
