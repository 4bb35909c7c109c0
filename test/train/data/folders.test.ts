import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { plainWords } from '../../../src/diagnostics/words.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import { DataError, type Dataset, type DatasetOptions } from '../../../src/train/data/types.ts';
import { plainPicture, scratchFolder, writeAt, writeFolders } from './make-sets.ts';

const root = scratchFolder();
const picture = await plainPicture(4, 4, { r: 9, g: 9, b: 9 }).png().toBuffer();
let folders = 0;

/** A folder of these files; those whose text is not given are pictures. */
function folderOf(files: Readonly<Record<string, string | undefined>>): string {
  const at = join(root, String(folders++));
  mkdirSync(at);
  for (const [name, text] of Object.entries(files)) writeAt(at, name, text ?? picture);
  return at;
}
const pictures = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]));
async function problem(path: string, options?: DatasetOptions): Promise<string> {
  const error = await openDataset(path, options).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message.replaceAll(path, 'DIR');
}
const warningsOf = (data: Dataset) => data.warnings.map((text) => plainWords(text).replaceAll(data.path, 'DIR'));
const countsOf = (data: Dataset) =>
  Object.fromEntries(Object.entries(data.splits).map(([name, split]) => [name, split?.count]));

describe('which files of a folder are pictures', () => {
  test('those with the endings of pictures, and others by what they start with', async () => {
    const at = folderOf({ ...pictures('a/1.PNG', 'a/2.bmp', 'a/3', 'b/x.JPEG', 'b/deep/er/y.jpg', 'b/z.heic') });
    // a format by its content, whatever its ending
    for (const format of ['jpeg', 'webp', 'gif', 'tiff', 'avif'] as const) {
      writeAt(at, `a/${format}.png`, await sharp(picture).toFormat(format).toBuffer());
    }
    writeAt(at, 'a/drawing', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
    const data = await openDataset(at, { validation: 0 });
    expect(data.splits.train!.count).toBe(12);
    for (let i = 0; i < 12; i++) expect(await data.read('train', i)).toMatchObject({ width: 4, height: 4 });
    expect(warningsOf(data)).toEqual([
      '4 files are read as pictures by content, whatever the file name: 2 without an ending, 1 .bmp, 1 .heic',
    ]);
  });

  test('others are counted by ending, what systems leave behind is not', async () => {
    const at = folderOf({
      ...pictures('a/1.png', 'b/1.png', '__MACOSX/a/._1.png', 'b/.hidden.png', '.ipynb_checkpoints/a/1.png'),
      'a/x.bmp': 'BM is how such a file starts',
      'a/y.bmp': 'BM',
      'b/z.psd': '8BPS',
      'b/notes': 'text',
      'a/Thumbs.db': '',
      'b/desktop.ini': '',
      'a/page.html': '<html><svg></svg></html>',
    });
    const data = await openDataset(at, { validation: 0 });
    expect(data.classes).toEqual(['a', 'b']);
    expect(warningsOf(data)).toEqual([
      '5 files are skipped, which are not pictures that can be read: 2 .bmp, 1 without an ending, 1 .html, 1 .psd',
    ]);
    expect((await openDataset(folderOf(pictures('a/1.png', 'b/1.png')))).warnings).toEqual([]);
  });

  test('links to pictures and to folders of them, names in any script', async () => {
    const at = folderOf(pictures('ä/ünï.png', '猫/一.png'));
    const away = folderOf(pictures('elsewhere.png'));
    symlinkSync(join(away, 'elsewhere.png'), join(at, '猫', 'link'));
    symlinkSync(away, join(at, 'linked class'));
    const data = await openDataset(at, { validation: 0 });
    expect(data.classes).toEqual(['linked class', 'ä', '猫']);
    expect([...data.splits.train!.labels]).toEqual([0, 1, 2, 2]);
  });
});

describe('a class without a picture', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['empty', {}, /^the class 'c' has no picture in 'DIR.c': it holds no files\.$/],
    ['of other files', { 'c/x.bmp': 'BM', 'c/y.txt': '' }, /'DIR.c': it holds 1 \.bmp, 1 \.txt\.$/],
  ])('%s', async (_, files, message) => {
    const at = folderOf({ ...pictures('a/1.png', 'b/1.png'), ...files });
    mkdirSync(join(at, 'c'), { recursive: true });
    expect(await problem(at)).toMatch(message);
    const split = folderOf({});
    mkdirSync(join(split, 'train'));
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(join(split, 'train', name));
      if (name !== 'c') copyFileSync(join(at, name, '1.png'), join(split, 'train', name, '1.png'));
    }
    expect(await problem(split)).toBe("the class 'c' has no picture in 'DIR/train/c': it holds no files.");
  });

  test('several are named', async () => {
    const at = folderOf({ ...pictures('a/1.png'), 'docs/x.md': '', 'notes/y.txt': '' });
    expect(await problem(at)).toBe(
      "the classes 'docs', 'notes' have no pictures; 'DIR/docs', for example: it holds 1 .md.",
    );
  });

  test('spelled otherwise in another split leads to its name', async () => {
    const at = folderOf(pictures('train/cat/1.png', 'train/dog/1.png', 'val/Cat /1.png', 'val/dog/1.png'));
    expect(await problem(at)).toBe("'DIR/val' has classes that 'DIR/train' does not have: 'Cat '; there it is 'cat'.");
  });

  test('whose pictures cannot be read is none either, nor is a whole set of them', async () => {
    const page = '<html>not found</html>';
    const half = folderOf({ ...pictures('a/1.png', 'a/2.png'), 'b/1.jpg': page, 'b/2.jpg': page });
    expect(await problem(half)).toBe(
      "2 of the 4 pictures in 'DIR' cannot be read, all of the class 'b': 'b/1.jpg' (it is text, not a picture) and others.",
    );
    const all = folderOf({ 'a/1.jpg': page, 'b/1.jpg': '', 'b/2.jpg': 'BM a bitmap' });
    expect(await problem(all)).toBe(
      "none of the 3 pictures in 'DIR' can be read: 'a/1.jpg' (it is text, not a picture) and others.",
    );
    const list = writeAt(half, 'list.csv', 'path,label\na/1.png,x\nb/1.jpg,y\nb/2.jpg,y\n');
    expect(await problem(list)).toMatch(/^2 of the 3 pictures in .* all of the class 'y': 'b\/1\.jpg'/);
    // one that can be read is enough
    const rest = folderOf({ ...pictures('a/1.png', 'b/9.png'), 'b/1.jpg': page, 'b/2.jpg': page });
    expect(countsOf(await openDataset(rest, { validation: 0 }))).toEqual({ train: 4 });
  });
});

describe('folders of splits', () => {
  const train = pictures(...['a', 'b'].flatMap((c) => [0, 1, 2, 3].map((i) => `train/${c}/${i}.png`)));

  test('pictures without labels next to them are said, and a part is held out', async () => {
    const data = await openDataset(folderOf({ ...train, ...pictures('test/1.png', 'test/2.png', 'test/3') }));
    expect(countsOf(data)).toEqual({ train: 6, validation: 2 });
    expect(warningsOf(data)).toEqual([
      "'DIR/test' has 3 pictures outside of the class folders: without labels they are skipped",
    ]);
    const unlabelled = await openDataset(folderOf({ ...train, ...pictures('test/unknown/1.png') }));
    expect(countsOf(unlabelled)).toEqual({ train: 6, validation: 2 });
    expect(warningsOf(unlabelled)).toEqual(["'DIR/test' has none of the classes of 'DIR/train': it is skipped"]);
  });

  test('an empty val/ or one of empty folders is not a split', async () => {
    for (const inner of ['val', 'val/a']) {
      const at = folderOf(train);
      mkdirSync(join(at, inner), { recursive: true });
      const data = await openDataset(at);
      expect(countsOf(data)).toEqual({ train: 6, validation: 2 });
      expect(warningsOf(data)).toEqual(["'DIR/val' has no pictures: it is skipped"]);
    }
  });

  test('val/ may lack a class, but has no other; the nearest name is said', async () => {
    const data = await openDataset(folderOf({ ...train, ...pictures('val/b/1.png') }));
    expect([...data.splits.validation!.labels]).toEqual([1]);
    expect(await problem(folderOf({ ...train, ...pictures('val/B/1.png') }))).toBe(
      "'DIR/val' has classes that 'DIR/train' does not have: 'B'; there it is 'b'.",
    );
    expect(await problem(folderOf({ ...train, ...pictures('test/a/1.png', 'test/c/1.png') }))).toBe(
      "'DIR/test' has classes that 'DIR/train' does not have: 'c'.",
    );
  });

  test('two spellings of the same characters are the same class', async () => {
    const at = folderOf({ ...train, ...pictures('train/caf\u00e9/1.png', 'val/cafe\u0301/1.png') });
    const data = await openDataset(at);
    expect([...data.splits.validation!.labels]).toEqual([2]);
  });

  test('val/ or test/ alone, and splits whose classes a network has', async () => {
    const only = await openDataset(folderOf(pictures('test/a/1.png', 'test/b/1.png')));
    expect([only.classes, countsOf(only)]).toEqual([['a', 'b'], { test: 2 }]);
    expect(countsOf(await openDataset(folderOf(pictures('val/a/1.png', 'test/b/1.png'))))).toEqual({
      validation: 1,
      test: 1,
    });
    const some = folderOf(pictures('test/c/1.png', 'test/a/1.png'));
    const known = await openDataset(some, { classes: ['a', 'b', 'c'] });
    expect([known.classes, [...known.splits.test!.labels]]).toEqual([
      ['a', 'b', 'c'],
      [0, 2],
    ]);
    expect(await problem(some, { classes: ['a', 'b'] })).toBe(
      "'DIR/test' has classes that the network does not have: 'c'.",
    );
  });

  test('where `train` is a class of vehicles', async () => {
    const data = await openDataset(folderOf(pictures('bus/1.png', 'car/1.png', 'train/1.png')), { validation: 0 });
    expect(data.classes).toEqual(['bus', 'car', 'train']);
    // next to nothing but splits it is none
    expect(await problem(folderOf(pictures('train/1.png', 'test/1.png')))).toContain("below 'DIR/train'");
  });
});

describe('links between folders', () => {
  test('one that leads back gives no class the pictures of another, however deep', async () => {
    const deep = `a/${'d/'.repeat(20)}x.png`;
    const at = folderOf(pictures('a/1.png', deep, 'b/1.png', 'b/2.png', 'b/3.png'));
    symlinkSync('..', join(at, 'a', 'up'));
    symlinkSync('d', join(at, 'a', 'same'));
    symlinkSync('../..', join(at, 'b', 'above'));
    const data = await openDataset(at, { validation: 0 });
    expect([...data.splits.train!.labels]).toEqual([0, 0, 1, 1, 1]);
    expect(data.splits.train!.nameOf(1)).toBe(deep);
    expect(warningsOf(data)).toEqual([
      "'a/same', 'a/up', 'b/above' lead to a folder that is already read: they are not followed",
    ]);
  });
});

describe('of a class of two or more one at least is held out', () => {
  test('however small the share', async () => {
    const at = join(root, String(folders++));
    await writeFolders(at, { one: 1, two: 2, three: 3, many: 40 });
    const data = await openDataset(at, { seed: 4 });
    const held = (label: number) => data.splits.validation!.labels.filter((l) => l === label).length;
    expect(data.classes).toEqual(['many', 'one', 'three', 'two']);
    expect([0, 1, 2, 3].map(held)).toEqual([4, 0, 1, 1]);
    expect(countsOf(await openDataset(at, { validation: 0.01 }))).toEqual({ train: 43, validation: 3 });
  });
});

describe('what lies next to the folders of splits', () => {
  test('folders of other names are said', async () => {
    const at = folderOf(pictures('train/a/1.png', 'train/b/1.png', 'dev/a/1.png', 'extra/b/1.png'));
    expect(warningsOf(await openDataset(at))).toEqual([
      "'dev', 'extra' in 'DIR' are skipped: folders of splits are called train, val (or validation) and test",
    ]);
  });

  test('a share to hold out that has no effect is said', async () => {
    const at = folderOf(pictures('train/a/1.png', 'train/a/2.png', 'val/a/1.png'));
    expect(warningsOf(await openDataset(at, { validation: 0 }))).toEqual([]);
    expect(warningsOf(await openDataset(at, { validation: 0.5 }))).toEqual([
      "the data include validation images: the share of 0.5 given by 'validation' is not held out",
    ]);
  });
});

describe('what lies next to the folders of classes', () => {
  const classes = pictures('a/1.png', 'b/1.png');

  test.each([
    ['a cell over two lines', '"taken on\nday",weather\n"1 May",rain\n'],
    ['a quote that is never closed', 'a,"b\n'],
    ['text after a quote', '"a"b,c\n'],
    ['nothing', ''],
    ['no text', '\0\xff\xfe"\n'],
  ])('a CSV file of other columns is not the list: %s', async (_, text) => {
    const at = folderOf({ ...classes, 'notes.csv': text });
    mkdirSync(join(at, 'folder.csv'));
    writeAt(at, 'folder.csv/1.png', picture);
    symlinkSync('nowhere', join(at, 'gone.csv'));
    const data = await openDataset(at, { validation: 0 });
    expect([data.kind, data.classes]).toEqual(['folders', ['a', 'b', 'folder.csv']]);
  });

  test('a list is taken, also with a first row of several lines, and a .tsv by its tabs', async () => {
    const rows = (c: string) =>
      ['"day, or\nnight"', 'path', 'label'].join(c) +
      ['\nnight', 'a/1.png', 'x'].join(c) +
      ['\n', 'b/1.png', 'y\n'].join(c);
    for (const [name, separator] of [
      ['list.csv', ','],
      ['list.csv', ';'],
      ['list.tsv', '\t'],
    ] as const) {
      const data = await openDataset(folderOf({ ...classes, [name]: rows(separator) }), { validation: 0 });
      expect([data.kind, data.classes]).toEqual(['csv', ['x', 'y']]);
    }
    const tabs = folderOf({ ...classes, 'list.tsv': 'where, when\tpath\tlabel\nx, y\ta/1.png\t1, 2\nz\tb/1.png\t3\n' });
    const data = await openDataset(tabs, { validation: 0 });
    expect([data.kind, data.classes]).toEqual(['csv', ['1, 2', '3']]);
    expect((await openDataset(join(tabs, 'list.tsv'), { validation: 0 })).classes).toEqual(['1, 2', '3']);
  });

  test('a list says the classes of pictures that lie flat in train/ and test/', async () => {
    const flat = {
      ...pictures('train/1.png', 'train/2.png', 'test/1.png'),
      'list.csv': 'path,label\ntrain/1.png,x\ntrain/2.png,y\n',
    };
    const data = await openDataset(folderOf(flat), { validation: 0 });
    expect([data.kind, data.classes, countsOf(data)]).toEqual(['csv', ['x', 'y'], { train: 2 }]);
    const sorted = await openDataset(folderOf({ ...flat, ...pictures('train/a/1.png') }), { validation: 0 });
    expect([sorted.kind, sorted.classes]).toEqual(['folders', ['a']]);
  });

  test('pictures in no class are said', async () => {
    const data = await openDataset(folderOf({ ...classes, ...pictures('cover.png') }));
    expect(warningsOf(data)).toEqual([
      "'DIR' has 1 picture outside of the class folders: without labels it is skipped",
    ]);
  });
});
