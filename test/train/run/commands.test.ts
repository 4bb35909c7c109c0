import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCommand } from '../../../src/cli/commands.ts';
import { enetc } from '../../cli/fake-io.ts';
import { temporaryFolder, tinySpec, writeIdx } from './fixture.ts';

const recipe =
  '--data data --backend cpu --workers 1 --epochs 3 --batch 8 --optimiser adamw --rate 0.5 --warmup 0 --ema 0.9'.split(
    ' ',
  );

function project(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.enet'), tinySpec);
  writeIdx(join(cwd, 'data'), 48, 18);
  return cwd;
}

const train = (cwd: string, ...more: string[]) => enetc(['train', 'tiny.enet', ...recipe, ...more], { cwd });

describe('what a trained run is good for', () => {
  test('train, eval, compile and going on from its weights', async () => {
    const cwd = project();
    const ran = await train(cwd);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(
      /^network {2}Tiny, .*\ndata {5}48 images of 3 classes, 18 to validate with \(the test images.*\nclasses {2}0: 16, 1: 16, 2: 16 \(to validate with: 6, 6, 6\)\nbackend {2}cpu: .*\nrecipe .*rate 0.01563.*\nrun {6}runs\/tiny-1\nepoch 1\/3 /,
    );
    const best = Number(/best accuracy ([\d.]+) %/.exec(ran.out)?.[1]);
    expect(best).toBeGreaterThan(40);

    const evaluated = await enetc(['eval', '--run', 'runs/tiny-1', '--json', '--backend', 'cpu'], { cwd });
    expect(evaluated).toMatchObject({ code: 0, err: '' });
    const scores = JSON.parse(evaluated.out);
    expect(scores).toMatchObject({ images: 18, top5: 1, split: 'test' });
    expect(100 * scores.top1).toBeCloseTo(best, 2);
    const { confusion } = scores as { confusion: number[][] };
    expect(confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([6, 6, 6]);
    expect(confusion.reduce((hits, row, k) => hits + (row[k] as number), 0)).toBe(18 * scores.top1);

    // By hand, and with the spec moved away: the run has its own.
    const weights = 'runs/tiny-1/best.safetensors';
    const byHand = await enetc(['eval', 'tiny.enet', '--weights', weights, '--data', 'data', '--backend', 'cpu'], {
      cwd,
    });
    expect(byHand.out).toContain(`top-1 ${(100 * scores.top1).toFixed(2)} %`);
    writeFileSync(join(cwd, 'tiny.enet'), 'model Broken {');
    expect(await enetc(['eval', '--run', 'runs/tiny-1', '--backend', 'cpu'], { cwd })).toMatchObject({
      code: 0,
      err: '',
    });
    writeFileSync(join(cwd, 'tiny.enet'), tinySpec);

    expect(await enetc(['compile', 'tiny.enet', '--weights', weights, '-o', 'tiny.onnx'], { cwd })).toMatchObject({
      code: 0,
      err: '',
    });

    // Another number of classes: the classifier starts again, the rest is taken.
    writeIdx(join(cwd, 'more'), 40, 10, 5);
    const transfer = await enetc(
      ['train', 'tiny.enet', ...recipe, '--weights', weights, '--freeze', 'stem,stages.0', '--head-rate', '10'].map(
        (a) => (a === 'data' ? 'more' : a),
      ),
      { cwd },
    );
    expect(transfer.code).toBe(0);
    expect(transfer.err).toContain('initialised from the seed, as allowed: classifier.weight, classifier.bias');
    expect(JSON.parse(readFileSync(join(cwd, 'runs/tiny-2/config.json'), 'utf8'))).toMatchObject({
      network: { set: { classes: '5' } },
      weights: { allowMissing: ['classifier.weight', 'classifier.bias'] },
      settings: { freeze: 'stem,stages.0', 'head-rate': 10, augment: 'basic' },
    });

    // A run that is done stays as it is.
    const before = readFileSync(join(cwd, 'runs/tiny-1/report.html'), 'utf8');
    const again = await enetc(['train', '--resume', 'runs/tiny-1'], { cwd });
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('best accuracy');
    expect(readFileSync(join(cwd, 'runs/tiny-1/report.html'), 'utf8')).toBe(before);
  });

  test('one is not several: an epoch, an image', async () => {
    const cwd = project();
    writeIdx(join(cwd, 'few'), 2, 1, 2);
    const single = '--data few --backend cpu --workers 1 --epochs 1 --batch 1 --warmup 0'.split(' ');
    const ran = await enetc(['train', 'tiny.enet', ...single], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.err).toBe("warning: there is no validation image of '1'\n");
    expect(ran.out).toContain('data     2 images of 2 classes, 1 to validate with');
    expect(ran.out).toContain('recipe   1 epoch, 1 image per step, ');
    const evaluated = await enetc(['eval', '--run', 'runs/tiny-1', '--backend', 'cpu'], { cwd });
    expect(evaluated.out).toContain(': 1 image\n');
    const report = readFileSync(join(cwd, 'runs/tiny-1/report.html'), 'utf8');
    expect(report).toMatch(/[01] of 1 image of 0 predicted as/);
    expect(report + ran.out + evaluated.out).not.toMatch(/(?<![\d,.])1 (images|classes|epochs|parameters)\b/);
  });

  test('JSON lines for machines', async () => {
    const ran = await train(project(), '--json', '--evaluate', 'both');
    const lines = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).toEqual([
      'data',
      'start',
      'checkpoint',
      'checkpoint',
      'epoch',
      'checkpoint',
      'epoch',
      'checkpoint',
      'epoch',
      'end',
    ]);
    expect(lines[0].classes[1]).toEqual({ name: '1', train: 16, validation: 6 });
    expect(lines[4].validation).toMatchObject({ averages: { top5: 1 }, raw: { top5: 1 } });
    expect(lines.at(-1)).toMatchObject({ finished: true, step: 18, run: 'runs/tiny-1' });
  });
});

describe('what cannot be is said before there is a folder', () => {
  test.each<[string[], number, string]>([
    [['--freeze', 'stme'], 1, "--freeze: the network has no part 'stme' that owns weights; did you mean 'stem'?"],
    [['--classes', '7'], 1, "'Tiny' tells 7 classes apart, but"],
    [['--epochs', '0'], 2, '--epochs takes a number from 1'],
    [['--epsilon', '0'], 2, '--epsilon takes a number from 1.2e-38: without it a weight whose gradients are 0'],
    [['--gamma', '3'], 2, '--gamma needs --loss focal'],
    [['--weights', 'none.safetensors'], 1, "none.safetensors' cannot be read: there is no such file"],
    [['--weights-map', 'timm'], 2, '--weights-map needs --weights'],
    [['--class-weights', 'rare'], 1, "--class-weights takes 'balanced' or one number per class"],
    [['--class-weights', '1,2'], 1, '2 class weights, but the data have 3 classes'],
    [['--batch', '100'], 1, '48 images, fewer than the batch of 100'],
    [
      ['--accumulate', '7'],
      1,
      'a step takes 56 images, and there are fewer training images: use a smaller --batch or --accumulate',
    ],
    [['--progressive', '8-4'], 1, 'the second size must be above the first'],
    [['--progressive', '4-8', '--resolution', '16'], 2, 'end at different sizes'],
    [['--set', 'classes=3', '--classes', '3'], 2, '--classes and --set classes cannot be combined'],
    [['--head', 'classifier'], 2, '--head needs --head-rate'],
    [['--data', 'nowhere'], 1, "nowhere' cannot be read"],
  ])('%j', async (options, code, message) => {
    const cwd = project();
    const given =
      options[0] === '--data'
        ? recipe.slice(2)
        : recipe.filter((_, i) => !(options[0] && recipe[i - (i % 2)] === options[0]));
    const ran = await enetc(['train', 'tiny.enet', ...given, ...options], { cwd });
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
    expect(existsSync(join(cwd, 'runs'))).toBe(false);
  });

  test('a single class', async () => {
    const cwd = project();
    writeIdx(join(cwd, 'data'), 48, 18, 1);
    expect(await train(cwd)).toMatchObject({ code: 1, err: expect.stringContaining("has one class, '0': training") });
    expect(existsSync(join(cwd, 'runs'))).toBe(false);
  });

  test('eval advises what can be typed in eval', async () => {
    const cwd = project();
    expect((await train(cwd, '--out', 'run')).code).toBe(0);
    writeIdx(join(cwd, 'other'), 10, 5, 5);
    const evaluate = (...options: string[]) =>
      enetc(['eval', ...options, '--data', 'other', '--backend', 'cpu'], { cwd });
    for (const { code, err } of [
      await evaluate('--run', 'run'),
      await evaluate('tiny.enet', '--set', 'classes=3', '--weights', 'run/best.safetensors'),
    ]) {
      expect(code).toBe(1);
      expect(err).toMatch(/^error: /m);
      const known = new Set(findCommand('eval')?.options.map(({ name }) => `--${name}`));
      for (const [option] of err.matchAll(/--[a-z-]+/g)) expect(known, err).toContain(option);
    }
  });

  test('eval of a run that has no best weights', async () => {
    const cwd = project();
    expect((await train(cwd, '--out', 'run')).code).toBe(0);
    const evaluate = () => enetc(['eval', '--run', 'run', '--backend', 'cpu'], { cwd });
    rmSync(join(cwd, 'run/best.safetensors'));
    expect((await evaluate()).out).toContain('run/last.safetensors');
    rmSync(join(cwd, 'run/last.safetensors'));
    expect(await evaluate()).toMatchObject({ code: 1, err: expect.stringContaining("'run' has no weights yet") });
  });

  test('of --resume and --out', async () => {
    const cwd = project();
    mkdirSync(join(cwd, 'run'));
    const resume = (...more: string[]) => enetc(['train', '--resume', 'run', ...more], { cwd });
    expect(await resume()).toMatchObject({ code: 1, err: "error: there is no run in 'run': it has no config.json\n" });
    expect((await resume('--rate', '5')).err).toMatch(/--rate cannot be given with --resume.* --weights run\/last/);
    writeFileSync(join(cwd, 'file'), '');
    for (const out of ['file', 'file/run', 'n'.repeat(300)]) {
      const ran = await train(cwd, '--out', out);
      expect(ran.code).toBe(1);
      expect(ran.err).toMatch(
        /^error: the run's folder '.*' cannot be created: (something with that name already exists|'file' is not a folder|the name is too long)$/m,
      );
    }
    if (process.platform === 'linux') {
      // where Node's own way to make folders goes on for ever
      for (const out of ['/proc/x', '/proc/x/y']) {
        expect(await train(cwd, '--out', out)).toMatchObject({
          code: 1,
          err: `error: the run's folder '${out}' cannot be created: no folder can be created in '/proc'\n`,
        });
      }
    }
    expect((await train(cwd, '--out', 'run')).code).toBe(0);
    expect((await train(cwd, '--out', 'run')).err).toContain('continue it with --resume run');
    expect((await train(cwd, '--weights', 'run')).err).toMatch(/its weights are '.*run\/best\.safetensors'/);

    // Data or a configuration that have changed since.
    writeIdx(join(cwd, 'data'), 40, 18);
    expect((await resume()).err).toContain('has changed since the run began: it has 40 images for training');
    writeIdx(join(cwd, 'data'), 48, 18);
    const labels = join(cwd, 'data', 'train-labels-idx1-ubyte');
    const [first, ...others] = readFileSync(labels).subarray(8);
    writeFileSync(
      labels,
      Buffer.concat([readFileSync(labels).subarray(0, 8), Buffer.from([...others, first as number])]),
    );
    expect((await resume()).err).toContain('has changed since the run began: names or labels of images differ');
    writeIdx(join(cwd, 'data'), 48, 18);
    const config = join(cwd, 'run', 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"seed": 0', '"seed": 1'));
    expect((await resume()).err).toContain('belongs to another configuration');
    expect(readdirSync(join(cwd, 'run'))).not.toContain('lock');
  });
});
