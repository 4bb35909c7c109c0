/** How many of a file's first bytes determine its format. */
export const headBytes = 1024;

export interface PictureFormat {
  readonly name: string;
  /** Whether sharp's prebuilt libraries decode it. */
  readonly readable: boolean;
}

type Test = (head: Uint8Array) => boolean;

const bytes =
  (at: number, ...values: readonly number[]): Test =>
  (head) =>
    values.every((value, i) => head[at + i] === value);
const letters = (at: number, text: string): Test => bytes(at, ...Array.from(text, (c) => c.charCodeAt(0)));
const either =
  (...tests: readonly Test[]): Test =>
  (head) =>
    tests.some((test) => test(head));

/** The first that fits counts. Names include their article. */
const formats: readonly (PictureFormat & { readonly test: Test })[] = [
  { name: 'JPEG', readable: true, test: bytes(0, 0xff, 0xd8, 0xff) },
  // the four bytes that follow tell of damage
  { name: 'PNG', readable: true, test: bytes(0, 0x89, 0x50, 0x4e, 0x47) },
  { name: 'GIF', readable: true, test: letters(0, 'GIF8') },
  { name: 'WebP', readable: true, test: (head) => letters(0, 'RIFF')(head) && letters(8, 'WEBP')(head) },
  {
    name: 'TIFF',
    readable: true,
    test: either(
      bytes(0, 0x49, 0x49, 42, 0),
      bytes(0, 0x4d, 0x4d, 0, 42),
      bytes(0, 0x49, 0x49, 43, 0),
      bytes(0, 0x4d, 0x4d, 0, 43),
    ),
  },
  { name: 'AVIF', readable: true, test: hasBrand('avif', 'avis') },
  { name: 'HEIC', readable: false, test: hasBrand('heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1') },
  { name: 'BMP', readable: false, test: letters(0, 'BM') },
  { name: 'JPEG XL', readable: false, test: either(bytes(0, 0xff, 0x0a), letters(4, 'JXL ')) },
  { name: 'JPEG 2000', readable: false, test: either(letters(4, 'jP  '), bytes(0, 0xff, 0x4f, 0xff, 0x51)) },
  { name: 'Photoshop', readable: false, test: letters(0, '8BPS') },
  { name: 'ICO', readable: false, test: bytes(0, 0, 0, 1, 0) },
  { name: 'SVG', readable: true, test: isSvg },
];

/** The format of a file by its first bytes, whatever its name; undefined for an unknown kind of picture. */
export function formatOf(head: Uint8Array): PictureFormat | undefined {
  return formats.find(({ test }) => test(head));
}

/** Text, such as a web page that was saved under a picture's name: in UTF-8, or in an encoding of single bytes. */
export function isText(head: Uint8Array): boolean {
  const start = head.subarray(0, 200);
  const isPlain = start.every((value) => value >= 32 || value === 9 || value === 10 || value === 13);
  return isPlain && (start.every((value) => value < 0x7f || (value > 0x9f && value < 0xff)) || isUtf8(start));
}

/** A character may be cut off at the end. */
function isUtf8(start: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** ISO media files list the brands that they can be read as, the major one first. */
function hasBrand(...names: readonly string[]): Test {
  return (head) => {
    if (!letters(4, 'ftyp')(head)) return false;
    const size = Math.min(head.length, new DataView(head.buffer, head.byteOffset, 4).getUint32(0));
    for (let at = 8; at + 4 <= size; at += at === 8 ? 8 : 4) {
      if (names.some((name) => letters(at, name)(head))) return true;
    }
    return false;
  };
}

/** A drawing whose root is `svg`; a page of HTML with a drawing in it is not one. */
function isSvg(head: Uint8Array): boolean {
  if (!isText(head)) return false;
  const text = new TextDecoder('latin1').decode(head);
  const root = /<[a-z]/i.exec(text);
  return root !== null && /^<(?:svg:)?svg[\s>]/.test(text.slice(root.index, root.index + 10));
}
