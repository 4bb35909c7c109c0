import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { enetc } from '../../cli/fake-io.ts';
import { temporaryFolder } from './fixture.ts';

const spec = `model Net {
  param classes: int = 3
  input image: [3, 8, 8]
  head: GlobalAvgPool
  classifier: Linear(classes)
  return logits: classifier
}
`;
const colours = { ant: '#c00000', bee: '#00c000', cat: '#0000c0' } as const;
const quick = '--backend cpu --workers 1 --warmup 0 --batch 4'.split(' ');

/** A folder with the spec and folders of pictures: `counts` of each class, one colour with a border of another. */
async function project(counts: Readonly<Record<string, number>>, side = 20): Promise<string> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'net.enet'), spec);
  for (const [folder, count] of Object.entries(counts)) {
    const name = folder.split('/').at(-1) as keyof typeof colours;
    mkdirSync(join(cwd, folder), { recursive: true });
    const inner = { create: { width: side / 2, height: side / 2, channels: 3, background: colours[name] } } as const;
    const extend = { top: side / 4, bottom: side / 4, left: side / 4, right: side / 4, background: '#ffffff' };
    const bytes = await sharp(inner).extend(extend).png().toBuffer();
    for (let i = 0; i < count; i++) writeFileSync(join(cwd, folder, `${i}.png`), bytes);
  }
  return cwd;
}
const all = (folder: string, count: number) =>
  Object.fromEntries(Object.keys(colours).map((name) => [`${folder}/${name}`, count]));
const train = (cwd: string, ...more: readonly string[]) =>
  enetc(['train', 'net.enet', '--data', 'set', '--epochs', '1', ...quick, ...more], { cwd });

describe('eval measures what it is given', () => {
  test('whole, where no splits are named; of a run the images that were held out', async () => {
    const cwd = await project({ ...all('set', 10), ...all('only/test', 3), 'some/cat': 2, 'some/ant': 1 });
    expect((await train(cwd, '--out', 'run')).code).toBe(0);
    const list = Object.keys(colours).map((name) => `set/${name}/0.png,${name}`);
    writeFileSync(join(cwd, 'list.csv'), `path,label\n${list.join('\n')}\n`);
    writeFileSync(
      join(cwd, 'test.tsv'),
      `path\tlabel\tsplit\n${list.map((l) => `${l.replace(',', '\t')}\ttest`).join('\n')}\n`,
    );
    const measured = async (...more: readonly string[]) => {
      const ran = await enetc(['eval', '--json', '--backend', 'cpu', ...more], { cwd });
      expect(ran).toMatchObject({ code: 0, err: '' });
      const { images, split, confusion } = JSON.parse(ran.out);
      return [split, images, confusion.map((row: number[]) => row.reduce((a, b) => a + b))];
    };
    const given = ['net.enet', '--weights', 'run/last.safetensors', '--data'];
    expect(await measured(...given, 'set')).toEqual(['all', 30, [10, 10, 10]]);
    expect(await measured(...given, 'list.csv')).toEqual(['all', 3, [1, 1, 1]]);
    expect(await measured(...given, 'test.tsv')).toEqual(['test', 3, [1, 1, 1]]);
    expect(await measured(...given, 'only')).toEqual(['test', 9, [3, 3, 3]]);
    // the classes are those that the weights were trained on, by name
    expect(await measured(...given, 'some')).toEqual(['all', 3, [1, 0, 2]]);
    expect(await measured('--run', 'run', '--data', 'some')).toEqual(['all', 3, [1, 0, 2]]);
    expect(await measured('--run', 'run')).toEqual(['validation', 3, [1, 1, 1]]);
    expect(await measured('--run', 'run', '--split', 'all')).toEqual(['all', 30, [10, 10, 10]]);
    mkdirSync(join(cwd, 'some/dog'));
    copyFileSync(join(cwd, 'some/cat/0.png'), join(cwd, 'some/dog/0.png'));
    expect(await enetc(['eval', ...given, 'some', '--backend', 'cpu'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error: '.*some' has classes that the network does not have: 'dog'\n$/),
    });
  });

  test('training on images to test with alone is refused, and says so', async () => {
    const cwd = await project(all('set/test', 2));
    expect(await train(cwd)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/set' has no images to train on, only for test\n$/),
    });
  });
});

describe('--crop', () => {
  test('is kept by the run for its own evaluation and for eval --run, which another --crop overrides', async () => {
    const cwd = await project(all('set', 10), 80);
    // cut to the middle half the borders are gone: what the network sees is what it was trained on, without them
    const ran = await train(cwd, '--out', 'run', '--crop', '0.5', '--augment', 'none', '--json');
    expect(ran.code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, 'run/config.json'), 'utf8')).settings.crop).toBe(0.5);
    const epoch = ran.out
      .split('\n')
      .map((line) => JSON.parse(line || '{}'))
      .find(({ kind }) => kind === 'epoch');
    const lossOf = async (...more: readonly string[]) => {
      const evaluated = await enetc(['eval', '--run', 'run', '--json', '--backend', 'cpu', ...more], { cwd });
      expect(evaluated.code).toBe(0);
      return JSON.parse(evaluated.out).loss as number;
    };
    const losses = Object.values(epoch.validation as Record<string, { loss: number }>).map(({ loss }) => loss);
    const own = await lossOf();
    expect(Math.min(...losses.map((loss) => Math.abs(loss - own)))).toBeLessThan(1e-5);
    expect(await lossOf('--crop', '0.5')).toBe(own);
    expect(Math.abs((await lossOf('--crop', '1')) - own)).toBeGreaterThan(1e-4);
    for (const share of ['0', '1.5', 'half']) {
      const refused = await enetc(['eval', '--run', 'run', '--crop', share], { cwd });
      expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--crop takes a number') });
    }
  });
});

test('warnings come before the run, and names of files do not drive the terminal', async () => {
  const cwd = await project({ ...all('set/train', 4), 'set/train/cat': 40 });
  writeFileSync(join(cwd, 'set/train/ant/\x1b[31mred.png'), 'text');
  writeFileSync(join(cwd, 'set/train/bee/x.\x1b[2J'), 'text');
  mkdirSync(join(cwd, 'set/test'));
  writeFileSync(join(cwd, 'set/test/1.jpg'), '');
  const { code, out, err } = await train(cwd);
  expect(code).toBe(0);
  expect(err.split('\n').map((line) => line.replaceAll(cwd, 'DIR'))).toEqual([
    "warning: 'DIR/set/test' has 1 picture outside of the class folders: without labels it is skipped",
    'warning: 1 file is skipped, which is not a picture that can be read: 1 .\u241b[2j',
    expect.stringMatching(/^warning: the classes are unbalanced: 'cat' has 36 training images, '(ant|bee)' [34]; /),
    "warning: 'train/ant/\u241b[31mred.png' cannot be read and is skipped: it is text, not a picture",
    'warning: 1 image could not be read and was left out',
    '',
  ]);
  expect(out).toContain('\nclasses  ant: ');
  const quiet = await train(cwd, '--quiet');
  expect(quiet).toMatchObject({ code: 0, out: '', err: '' });
  const lines = (await train(cwd, '--json')).out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).kind).slice(0, 5)).toEqual([
    'data',
    'warning',
    'warning',
    'warning',
    'start',
  ]);
});
