import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { rectFraming } from '../../../src/train/augment/crops.ts';
import { csvRows } from '../../../src/train/data/csv-rows.ts';
import { decodeFramed } from '../../../src/train/data/decode.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import { DataError, type Dataset } from '../../../src/train/data/types.ts';
import { plainPicture, scratchFolder, writeAt, writeFolders } from './make-sets.ts';

const root = scratchFolder();
let folders = 0;
const folder = () => {
  const at = join(root, String(folders++));
  mkdirSync(at);
  return at;
};
async function problem(path: string, within = path): Promise<string> {
  const error = await openDataset(path).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message.replaceAll(within, 'DIR');
}
const countsOf = (data: Dataset) =>
  Object.fromEntries(Object.entries(data.splits).map(([name, split]) => [name, split?.count]));

describe('folders', () => {
  test('train, val and test', async () => {
    const at = folder();
    await writeFolders(at, { 'train/dog': 3, 'train/cat': 2, 'val/cat': 1, 'test/dog': 2, 'test/cat': 1 });
    writeAt(at, 'train/cat/notes.txt', 'no picture');
    writeAt(at, 'train/.hidden/x.jpg', 'no class');
    const data = await openDataset(at);
    expect(data).toMatchObject({ kind: 'folders', classes: ['cat', 'dog'], channels: 3 });
    expect(countsOf(data)).toEqual({ train: 5, validation: 1, test: 3 });
    expect([...data.splits.train!.labels]).toEqual([0, 0, 1, 1, 1]);
    expect(data.splits.test!.nameOf(2)).toBe(join('test', 'dog', '1.jpg'));
  });

  test('one level: a seeded part of each class is held out', async () => {
    const at = folder();
    await writeFolders(at, { a: 20, b: 40, c: 1 });
    const data = await openDataset(at, { validation: 0.2, seed: 5 });
    expect(countsOf(data)).toEqual({ train: 49, validation: 12 });
    const held = (d: Dataset) => Array.from({ length: 12 }, (_, i) => d.splits.validation!.nameOf(i));
    expect([...data.splits.validation!.labels].filter((label) => label === 0).length).toBe(4);
    expect(held(await openDataset(at, { validation: 0.2, seed: 5 }))).toEqual(held(data));
    expect(held(await openDataset(at, { validation: 0.2, seed: 6 }))).not.toEqual(held(data));
    const train = new Set(Array.from({ length: 49 }, (_, i) => data.splits.train!.nameOf(i)));
    expect(held(data).some((name) => train.has(name))).toBe(false);
    // a class keeps an image for training
    const most = await openDataset(at, { validation: 0.99 });
    expect([0, 1, 2].map((k) => most.splits.train!.labels.filter((label) => label === k).length)).toEqual([1, 1, 1]);
    expect(countsOf(await openDataset(at))).toEqual({ train: 55, validation: 6 });
    expect(countsOf(await openDataset(at, { validation: 0 }))).toEqual({ train: 61 });
  });

  test('links and deeper folders count, circles end', async () => {
    const at = folder();
    await writeFolders(at, { 'a/deep/er': 2, elsewhere: 1 });
    const data = folder();
    symlinkSync(join(at, 'a'), join(data, 'a'));
    symlinkSync(join(at, 'elsewhere'), join(data, 'b'));
    symlinkSync(data, join(at, 'elsewhere', 'circle'));
    const opened = await openDataset(data, { validation: 0 });
    expect(opened.classes).toEqual(['a', 'b']);
    expect(opened.splits.train!.labels.filter((label) => label === 0).length).toBe(2);
  });

  test.skipIf(process.platform === 'win32')('a pipe is skipped, and one of a list does not block', async () => {
    const at = folder();
    await writeFolders(at, { a: 1 });
    execFileSync('mkfifo', [join(at, 'a', 'pipe.jpg')]);
    symlinkSync('nowhere', join(at, 'a', 'broken.jpg'));
    expect(countsOf(await openDataset(at, { validation: 0 }))).toEqual({ train: 2 });
    writeAt(at, 'x.csv', 'path,label\na/0.jpg,a\na/pipe.jpg,a\na,a\na/broken.jpg,a\n');
    const data = await openDataset(at, { validation: 0 });
    await expect(data.read('train', 1)).rejects.toThrow("'a/pipe.jpg' cannot be read: it is not a regular file");
    await expect(data.read('train', 2)).rejects.toThrow("'a' cannot be read: it is not a regular file");
    await expect(data.read('train', 3)).rejects.toThrow(/there is no such file or folder/);
  });

  test.skipIf(process.platform === 'win32')('links to nothing count as images that cannot be read', async () => {
    const at = folder();
    await writeFolders(at, { a: 2, b: 1 });
    symlinkSync('nowhere', join(at, 'a', 'broken.jpg'));
    symlinkSync('self.jpg', join(at, 'b', 'self.jpg'));
    symlinkSync('nowhere', join(at, 'b', 'notes'));
    symlinkSync('nowhere', join(at, 'latest'));
    const data = await openDataset(at, { validation: 0 });
    expect(data.classes).toEqual(['a', 'b']);
    expect([...data.splits.train!.labels]).toEqual([0, 0, 0, 1, 1]);
    expect(data.warnings.length).toBe(1);
  });

  test('what is wrong is said', async () => {
    const at = folder();
    expect(await problem(join(at, 'nowhere'), at)).toBe(
      "the data 'DIR/nowhere' cannot be read: there is no such file or folder.",
    );
    expect(await problem(at)).toContain("in one folder for each class below 'DIR', but it has no folders.");
    writeAt(at, 'a/x.bmp', '');
    writeAt(at, 'b/y.bmp', '');
    expect(await problem(at)).toMatch(/and found only other files \(2 \.bmp\); its folders are 'a', 'b'\.$/);
    const val = folder();
    await writeFolders(val, { 'train/a': 1, 'val/b': 1 });
    expect(await problem(val)).toBe("'DIR/val' has classes that 'DIR/train' does not have: 'b'.");
    await writeFolders(val, { 'training/a': 1 });
    expect(await problem(val)).toBe("'DIR' has several folders for train: 'train', 'training'. Keep one of them.");
    expect(await problem(writeAt(at, 'list.txt', ''), at)).toContain('is not a folder or a CSV file');
  });
});

describe('CSV lists', () => {
  test('a list next to the pictures, with splits, quotes, a byte order mark and CRLF', async () => {
    const at = folder();
    await writeFolders(at, { 'a, b': 2, c: 2 });
    writeAt(
      at,
      'labels.csv',
      '\ufeffPath,label,note,split\r\n"a, b/0.jpg","say ""x""",,train\r\nc/0.jpg,plain,"two\nlines",train\r\n\r\n"a, b/1.jpg","say ""x""",,VAL\r\nc/1.jpg,plain,,test',
    );
    const data = await openDataset(at);
    expect(data).toMatchObject({ kind: 'csv', classes: ['plain', 'say "x"'] });
    expect(countsOf(data)).toEqual({ train: 2, validation: 1, test: 1 });
    expect([...data.splits.train!.labels]).toEqual([1, 0]);
    expect((await data.read('train', 0)).width).toBe(40);
  });

  test('whole numbers as labels go by number; semicolons', async () => {
    const at = folder();
    await writeFolders(at, { p: 3 });
    const list = writeAt(at, 'x.csv', 'label;path\n10;p/0.jpg\n9;p/1.jpg\n100;p/2.jpg\n');
    const data = await openDataset(list, { validation: 0 });
    expect(data.classes).toEqual(['9', '10', '100']);
    expect([...data.splits.train!.labels]).toEqual([1, 0, 2]);
  });

  test('lists as spreadsheets and Windows write them: UTF-16, CR, blanks around quotes, empty rows, backslashes', async () => {
    const at = folder();
    await writeFolders(at, { 'p q': 2 });
    const text = 'path, label\n"p q\\0.jpg" , "é"\np q\\1.jpg, x \n,\n';
    const utf16 = (bytes: Buffer) => Buffer.concat([Uint8Array.of(0xff, 0xfe), bytes]);
    for (const list of [
      text,
      text.replaceAll('\n', '\r'),
      text.replaceAll('\n', '\r\n'),
      utf16(Buffer.from(text, 'utf16le')),
      utf16(Buffer.from(text, 'utf16le')).swap16(),
    ]) {
      const data = await openDataset(writeAt(at, 'list.csv', list), { validation: 0 });
      expect(data.classes).toEqual(['x', 'é']);
      expect((await data.read('train', 0)).width).toBe(40);
      expect((await openDataset(at)).kind).toBe('csv');
    }
    const latin = Buffer.from('path,label\np q/0.jpg,caf\xe9\np q/1.jpg,caf\xe8\n', 'latin1');
    expect(await problem(writeAt(at, 'list.csv', latin), at)).toBe(
      `'DIR/list.csv' is not text in UTF-8: save it as "CSV UTF-8".`,
    );
  });

  test('pictures that are listed several times are said', async () => {
    const at = folder();
    await writeFolders(at, { p: 4 });
    const rows = ['0.jpg,a,train', '1.jpg,b,train', '0.jpg,a,test', '0.jpg,b,train', '1.jpg,b,train', '2.jpg,b,train'];
    const text = `path,label,split\n${rows.map((row) => `p/${row}\n`).join('')}`;
    expect((await openDataset(writeAt(at, 'list.csv', text))).warnings).toEqual([
      "the list has 1 picture more than once with different labels: 'p/0.jpg'",
      "the list has 1 picture more than once in different splits: 'p/0.jpg'",
      "the list has 1 picture again: 'p/1.jpg'",
    ]);
  });

  test('what is wrong is said, with the line', async () => {
    const at = folder();
    await writeFolders(at, { p: 1 });
    const said: Record<string, string> = {};
    const cases = {
      empty: '',
      columns: 'file,label\np/0.jpg,a\n',
      short: 'path,label\np/0.jpg,a\n\n"x\ny",b,c\n',
      open: 'path,label\np/0.jpg,"a\n',
      after: 'path,label\n"p/0.jpg"x,a\n',
      split: 'path,label,split\np/0.jpg,a,constructor\n',
      untrained: 'path,label,split\np/0.jpg,a,train\np/0.jpg,b,val\n',
      noLabel: 'path,label\np/0.jpg,\n',
      twice: 'path,label,Label\np/0.jpg,a,b\n',
      nowhere: 'path,label\nq/0.jpg,a\nq/1.jpg,a\n',
    };
    for (const [name, text] of Object.entries(cases)) said[name] = await problem(writeAt(at, 'list.csv', text), at);
    expect(said).toMatchInlineSnapshot(`
      {
        "after": "line 2 of 'DIR/list.csv' has text after a closing quote. A quote within a cell is written twice.",
        "columns": "the first line of 'DIR/list.csv' has to name the columns 'path' and 'label' (and may name 'split'); it has 'file', 'label'.",
        "empty": "the first line of 'DIR/list.csv' has to name the columns 'path' and 'label' (and may name 'split'); it is empty.",
        "noLabel": "line 2 of 'DIR/list.csv' has no label.",
        "nowhere": "none of the first 2 files that 'DIR/list.csv' lists is there: 'q/0.jpg'. Paths are relative to the folder 'DIR'.",
        "open": "the quote that opens a cell on line 2 of 'DIR/list.csv' is never closed.",
        "short": "line 4 of 'DIR/list.csv' has 3 cells; the first line has 2.",
        "split": "line 2 of 'DIR/list.csv' has the split 'constructor'; it may be train, validation or test.",
        "twice": "the first line of 'DIR/list.csv' names the column 'label' twice.",
        "untrained": "'DIR/list.csv' labels 'p/0.jpg' as 'b', a class without a training image.",
      }
    `);
  });

  test('any text gives rows or a DataError; what is quoted comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ';', '\t', '\ufeff', ' ') }), (text) => {
        try {
          for (const { cells, line } of csvRows(text, 'x')) {
            expect(cells.length).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length);
          }
        } catch (e) {
          expect(e).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 2000 },
    );
    const tables = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(tables, fc.constantFrom('\n', '\r\n', '\r'), (table, end) => {
        const rows = [['path', 'label'], ...table.filter((cells) => cells.join('') !== '')];
        const text = rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join(end);
        expect([...csvRows(text, 'x')].map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });
});

describe('decoding', () => {
  const red = { r: 200, g: 30, b: 40 };

  /** A pixel of cyan, magenta, yellow and black, as Pillow writes it. */
  const tiffOfInks = (inks: readonly number[]) =>
    Buffer.concat([
      Buffer.from(
        'SUkqAAgAAAAKAAABBAABAAAAAQAAAAEBBAABAAAAAQAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAQAAABcBBAABAAAABAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAA==',
        'base64',
      ),
      Uint8Array.from(inks),
    ]);

  /** Reads one picture as a set's only image. */
  async function read(name: string, bytes: Uint8Array, channels: 1 | 3 = 3) {
    const at = folder();
    writeAt(at, `a/${name}`, bytes);
    return (await openDataset(at, { channels })).read('train', 0);
  }

  test.each(['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const)('%s', async (format) => {
    const { data, ...size } = await read(
      `x.${format}`,
      await plainPicture(6, 4, red).toFormat(format, { quality: 100 }).toBuffer(),
    );
    expect(size).toEqual({ width: 6, height: 4, channels: 3 });
    expect(data.length).toBe(72);
    for (const [c, value] of [red.r, red.g, red.b].entries()) expect(Math.abs(data[c]! - value)).toBeLessThanOrEqual(4);
  });

  test('gray, 16 bits, alpha, CMYK and palettes become three channels of 8 bits', async () => {
    const gray = await sharp(Uint8Array.of(0, 100, 200, 255), { raw: { width: 4, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await read('g.png', gray)).data]).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255]);
    expect([...(await read('g.png', gray, 1)).data]).toEqual([0, 100, 200, 255]);
    const wide = sharp(Uint16Array.of(0, 257 * 100, 257 * 200), { raw: { width: 1, height: 1, channels: 3 } });
    const deep = await wide.toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect([...(await read('d.png', deep)).data]).toEqual([0, 100, 200]);
    const clear = await sharp(Uint8Array.of(200, 30, 40, 255, 200, 30, 40, 0), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer();
    expect([...(await read('a.png', clear)).data]).toEqual([200, 30, 40, 255, 255, 255]);
    const cmyk = await plainPicture(8, 8, red).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    expect((await read('c.jpg', cmyk)).channels).toBe(3);
    // Pillow's Image.new('CMYK', ..., (10, 128, 250, 40)).convert('RGB') gives (207, 107, 4)
    for (const [ink, colour] of [
      [
        [10, 128, 250, 40],
        [207, 107, 4],
      ],
      [
        [0, 255, 128, 0],
        [255, 0, 127],
      ],
    ] as const) {
      const tiff = tiffOfInks(ink);
      expect((await sharp(tiff).metadata()).space).toBe('cmyk');
      expect([...(await read('c.tif', tiff)).data]).toEqual(colour);
    }
    const palette = await plainPicture(3, 3, red).png({ palette: true }).toBuffer();
    expect([...(await read('p.png', palette)).data.slice(0, 3)]).toEqual([200, 30, 40]);
  });

  test('turned upright, first frame only', async () => {
    const marked = Uint8Array.from([0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const image = sharp(marked, { raw: { width: 3, height: 2, channels: 3 } });
    // 6: the camera was turned; shown a quarter to the right, the pixel at the top of column 1 is on the right of row 1
    const turned = await read('t.png', await image.withMetadata({ orientation: 6 }).png().toBuffer());
    expect([turned.width, turned.height]).toEqual([2, 3]);
    expect([...turned.data.filter((_, i) => i % 3 === 0)]).toEqual([0, 0, 0, 255, 0, 0]);
    const frames = Uint8Array.from([...Array<number>(12).fill(255), ...Array<number>(12).fill(0)]);
    const moving = await sharp(frames, { raw: { width: 2, height: 4, channels: 3, pageHeight: 2 } })
      .gif()
      .toBuffer();
    const first = await read('m.gif', moving);
    expect([first.width, first.height, first.data[0]]).toEqual([2, 2, 255]);
  });

  test('a part of a large JPEG for training is decoded at less than its size, and is nearly the same', async () => {
    const [width, height] = [1600, 1200];
    const values = new Uint8Array(width * height * 3);
    for (let i = 0; i < values.length; i++) {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      values[i] = 128 + 100 * Math.sin(x / 60 + (i % 3)) * Math.cos(y / 45);
    }
    const picture = await sharp(values, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 95 })
      .toBuffer();
    const path = writeAt(folder(), 'large.jpg', picture);
    // more than twice the target each way, which is decoded at a half or less
    const rect = { left: 333, top: 111, width: 1000, height: 700 };
    const target = { width: 224, height: 224, channels: 3 } as const;
    const framing = rectFraming(rect, [224, 224]);
    const result = await decodeFramed({ kind: 'file', path }, { ...target, fast: true }, () => framing);
    const exact = await decodeFramed({ kind: 'file', path }, target, () => framing);
    const off = result.reduce((sum, v, i) => sum + Math.abs(v - exact[i]!), 0) / result.length;
    expect(result.length).toBe(exact.length);
    expect(off).toBeGreaterThan(0);
    // up to half a pixel of rounding, which is 2.6 here; a whole pixel is more than 5
    expect(off).toBeLessThan(4);
  });

  test('a picture that cannot be read is named, with the reason', async () => {
    const whole = await sharp(
      Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256),
      {
        raw: { width: 64, height: 64, channels: 3 },
      },
    )
      .jpeg()
      .toBuffer();
    await expect(read('x.jpg', new Uint8Array(0))).rejects.toThrow(/ cannot be read: 'a.x.jpg' \(the file is empty\)/);
    await expect(read('x.jpg', Buffer.from('hello'))).rejects.toThrow(/it is text, not a picture/);
    await expect(read('x.jpg', whole.subarray(0, 900))).rejects.toThrow(
      /'a.x.jpg' cannot be read: the file ends within the picture \(JPEG\)/,
    );
  });
});
