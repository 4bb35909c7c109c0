import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { likeliest, probabilities } from '../../src/predict/probabilities.ts';
import { enetc } from '../cli/fake-io.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

const spec = `model Net {
  param classes: int = 3
  input image: [3, 8, 8] (mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3])
  head: GlobalAvgPool
  classifier: Linear(classes)
  return logits: classifier
}
`;
const colours = { ant: '#c02020', 'bee, "wasp"': '#20c020', cat: '#2020c0' } as const;
const names = Object.keys(colours);
type Answer = { file: string; predictions: { label: string; index: number; probability: number }[] };

/** Pictures that the crop decides about: a large square of a class's colour with a border of the next class's. */
async function project(): Promise<string> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'net.enet'), spec);
  for (const [i, [name, inner]] of Object.entries(colours).entries()) {
    const border = Object.values(colours)[(i + 1) % 3] as string;
    mkdirSync(join(cwd, 'set', name), { recursive: true });
    for (let k = 0; k < 4; k++) {
      const side = 70 + 2 * k;
      const edge = { top: 34, bottom: 34, left: 34, right: 34, background: border };
      const picture = sharp({ create: { width: side, height: side, channels: 3, background: inner } });
      await picture
        .extend(edge)
        .png()
        .toFile(join(cwd, 'set', name, `${k}.png`));
    }
  }
  return cwd;
}

const quick = '--backend cpu --workers 1'.split(' ');
const recipe = '--epochs 8 --batch 4 --warmup 0 --optimiser adamw --rate 3 --ema 0 --augment none'.split(' ');

describe('what was trained answers alike wherever it is', () => {
  test('a run, its weights, and the ONNX file and TensorFlow.js models compiled from it give what eval measures', async () => {
    const cwd = await project();
    const ran = async (...argv: readonly string[]) => {
      const result = await enetc(argv, { cwd });
      expect([result.code, result.err]).toEqual([0, '']);
      return result.out;
    };
    // Above the crop, the border would win: what forgets it answers otherwise.
    await ran('train', 'net.enet', '--data', 'set', '--out', 'run', '--crop', '0.5', ...recipe, ...quick, '--quiet');
    const measured = JSON.parse(await ran('eval', '--run', 'run', '--data', 'set', '--json', '--backend', 'cpu'));
    const predict = async (...what: readonly string[]): Promise<Answer[]> =>
      JSON.parse(await ran('predict', ...what, 'set', '--json', '--workers', '1'));
    const answers = await predict('run', '--backend', 'cpu');

    const confusion = names.map((name) =>
      names.map(
        (other) =>
          answers.filter(({ file, predictions }) => file.includes(name) && predictions[0]!.label === other).length,
      ),
    );
    expect(confusion).toEqual(measured.confusion);
    expect(
      answers.flatMap(({ predictions }) => predictions.map(({ label, index }) => label === names[index])),
    ).not.toContain(false);

    await ran('compile', '--run', 'run', '-o', 'net.onnx', '--quiet');
    await ran('compile', '--run', 'run', '--target', 'tfjs', '-o', 'layers', '--quiet');
    await ran('compile', '--run', 'run', '--target', 'tfjs', '--graph', '-o', 'graph', '--quiet');
    const forms = [['net.onnx'], ['layers', '--backend', 'cpu'], ['graph/model.json', '--backend', 'cpu']];
    const byWeights = ['net.enet', '--weights', 'run/best.safetensors', '--backend', 'cpu'];
    for (const form of [...forms, byWeights]) {
      const same = await predict(...form);
      expect(same.map(({ file }) => file)).toEqual(answers.map(({ file }) => file));
      for (const [i, { predictions }] of same.entries()) {
        expect(predictions.map(({ label }) => label)).toEqual(answers[i]!.predictions.map(({ label }) => label));
        for (const [k, { probability }] of predictions.entries()) {
          expect(Math.abs(probability - answers[i]!.predictions[k]!.probability)).toBeLessThan(1e-5);
        }
      }
    }

    // Other preprocessing gives other answers: the agreement above is none of indifferent numbers.
    const other = await predict('net.onnx', '--crop', '1', '--mean', '0', '--std', '1');
    expect(Math.abs(other[0]!.predictions[0]!.probability - answers[0]!.predictions[0]!.probability)).toBeGreaterThan(
      1e-3,
    );
  });

  test('as text, CSV and a report; pictures that cannot be read are named', async () => {
    const cwd = await project();
    await enetc(['compile', 'net.enet', '-o', 'net.onnx'], { cwd });
    writeFileSync(join(cwd, 'labels.txt'), `${names.join('\n')}\n`);
    writeFileSync(join(cwd, 'set', 'ant', '0.png'), 'no picture');
    const predict = (...more: readonly string[]) =>
      enetc(['predict', 'net.onnx', 'set/ant', '--workers', '1', ...more], { cwd });

    const csv = await predict('--csv', '--top', '1', '--labels', 'labels.txt', '--report', 'report.html');
    expect(csv.code).toBe(1);
    expect(csv.err).toContain("'set/ant/0.png' cannot be read and is left out");
    expect(csv.out.split('\n')[0]).toBe('file,rank,label,index,probability');
    expect(csv.out.trim().split('\n')).toHaveLength(4);
    expect(csv.out).toMatch(/^set\/ant\/1\.png,1,(ant|"bee, ""wasp"""|cat),[012],0\.\d+$/m);

    const page = readFileSync(join(cwd, 'report.html'), 'utf8');
    expect(page.match(/<figure>/g)).toHaveLength(3);
    expect(page).toContain('<h2>Not read: 1</h2><ul><li>set/ant/0.png: it is text, not a picture</li></ul>');
    expect(page).not.toMatch(/https?:\/\//);

    await enetc(['compile', 'net.enet', '--target', 'tfjs', '-o', 'model'], { cwd });
    const model = JSON.parse(readFileSync(join(cwd, 'model', 'model.json'), 'utf8'));
    model.weightsManifest[0].paths = ['../set/ant/1.png'];
    writeFileSync(join(cwd, 'model', 'model.json'), JSON.stringify(model));
    const outside = await enetc(['predict', 'model', 'set', '--backend', 'cpu'], { cwd });
    expect([outside.code, outside.err]).toEqual([1, expect.stringContaining('lies outside of its folder')]);

    // Without names, classes are called by their numbers.
    expect((await predict('--top', '3')).out).toMatch(/^set\/ant\/1\.png\n( +\d+\.\d % {2}[012]\n){3}/);
    expect((await predict('--labels', 'net.enet')).err).toContain("7 class names are given, but 'Net, net.onnx' has 3");
    expect((await predict('--report', 'net.enet')).err).toContain('has the name of a spec');
    expect((await enetc(['predict', 'net.onnx', 'https://x.org/a.jpg'], { cwd })).err).toContain('download it first');
    expect((await enetc(['predict', 'set/cat/0.png', 'set'], { cwd })).err).toContain(
      'is a picture: a network comes first',
    );
    expect((await enetc(['predict', 'net.onnx', 'nowhere'], { cwd })).err).toContain("no file or folder 'nowhere'");
    expect((await enetc(['predict', 'net.enet', 'set'], { cwd })).err).toContain('--weights is missing');
  });
});

test('what is in the folder of pictures and is not read is named; links in circles end', async () => {
  const cwd = await project();
  await enetc(['compile', 'net.enet', '-o', 'net.onnx'], { cwd });
  writeFileSync(join(cwd, 'set', 'cat', 'phone.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic');
  writeFileSync(join(cwd, 'set', 'cat', 'notes.md'), '# notes');
  symlinkSync('..', join(cwd, 'set', 'cat', 'up'));
  symlinkSync('loop', join(cwd, 'loop'));
  const predict = (...paths: readonly string[]) =>
    enetc(['predict', 'net.onnx', '--csv', '--top', '1', '--workers', '1', ...paths], { cwd });
  const ran = await predict('set/cat');
  expect(ran.code).toBe(1);
  expect(ran.err).toBe(
    "warning: 'set/cat/phone.heic' cannot be read and is left out: its format is HEIC, which is not read here: convert it to PNG or JPEG\n",
  );
  // those of the other classes by the link
  expect(ran.out.trim().split('\n')).toHaveLength(1 + 3 * 4);
  expect((await predict('loop')).err).toContain("'loop' cannot be read: its symbolic links form a loop");
});

test('a report that cannot be written is refused before the work', async () => {
  const cwd = await project();
  await enetc(['compile', 'net.enet', '-o', 'net.onnx'], { cwd });
  const ran = await enetc(['predict', 'net.onnx', 'set', '--report', 'none/report.html'], { cwd });
  expect([ran.code, ran.out]).toEqual([1, '']);
  expect(ran.err).toBe("error: cannot write 'none/report.html': there is no folder 'none'\n");
});

test('an ONNX file of another program is called by its name, also where its numbers are missing', async () => {
  const cwd = await project();
  await enetc(['compile', 'net.enet', '-o', 'net.onnx'], { cwd });
  const model = onnx.ModelProto.decode(readFileSync(join(cwd, 'net.onnx')));
  model.metadataProps = [];
  const kernel = model.graph!.initializer!.find(({ dims }) => dims?.length === 2)!;
  writeFileSync(join(cwd, 'numbers.bin'), kernel.rawData!);
  Object.assign(kernel, { rawData: null, dataLocation: 1, externalData: [{ key: 'location', value: 'numbers.bin' }] });
  writeFileSync(join(cwd, 'net.onnx'), onnx.ModelProto.encode(model).finish());
  const plain = await enetc(['predict', 'net.onnx', 'set/ant/0.png', '--quiet'], { cwd });
  expect([plain.code, plain.err]).toEqual([0, expect.not.stringContaining('a network')]);
  writeFileSync(join(cwd, 'labels.txt'), 'a\nb\n');
  const few = await enetc(['predict', 'net.onnx', 'set/ant/0.png', '--quiet', '--labels', 'labels.txt'], { cwd });
  expect(few.err).toContain("2 class names are given, but 'net.onnx' has 3 classes");
  rmSync(join(cwd, 'numbers.bin'));
  const missing = await enetc(['predict', 'net.onnx', 'set/ant/0.png', '--quiet'], { cwd });
  expect(missing.code).toBe(1);
  expect(missing.err).toMatch(/its numbers are in 'numbers\.bin', which is not next to it\n$/);
  const imported = await enetc(['import', 'net.onnx', '-o', 'again.enet'], { cwd });
  expect(imported.err).toMatch(/there is no such file or folder; numbers of 'net\.onnx' are in it\n$/);
});

test('scores become probabilities once', () => {
  const scores = Float32Array.of(1, 3, 2, 3);
  const shares = probabilities(scores);
  const sum = [1, 3, 2, 3].reduce((total, x) => total + Math.exp(x), 0);
  expect(shares[1]).toBeCloseTo(Math.exp(3) / sum, 6);
  // a network may end with a softmax
  expect(probabilities(shares)).toBe(shares);
  expect(likeliest(shares, ['a', 'b'], 3).map(({ label }) => label)).toEqual(['b', '3', '2']);
});

test.each([
  ['<!DOCTYPE html><html></html>', 'it is a web page, not a file of weights'],
  ['', 'it is an empty file'],
  ['\u0008\u0007:\u00ff', 'damaged'],
])('an ONNX file with the content %j is named as what it is', async (content, what) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'net.onnx'), content, 'latin1');
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c02020' } })
    .png()
    .toFile(join(cwd, 'a.png'));
  const { code, err } = await enetc(['predict', 'net.onnx', 'a.png'], { cwd });
  expect([code, err]).toEqual([1, expect.stringContaining("'net.onnx' is not an ONNX file that can be read: ")]);
  expect(err).toContain(what);
});
