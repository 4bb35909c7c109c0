import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { openRun, planRun, startRun } from '../../src/train/api.ts';
import { enetc } from '../cli/fake-io.ts';
import { findPython } from '../oracle.ts';
import { temporaryFolder, tinySpec, writeIdx } from '../train/run/fixture.ts';

const python = findPython(['torch', 'safetensors', 'PIL']);

function project(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.enet'), tinySpec);
  writeIdx(join(cwd, 'data'), 48, 18);
  return cwd;
}

const recipe = '--data data --epochs 2 --batch 8 --optimiser adamw --rate 0.5 --warmup 0 --ema 0.9'.split(' ');

test('what the engine lacks is refused by its name', async () => {
  const cwd = project();
  const refused = async (...more: string[]) => (await enetc(['train', 'tiny.enet', ...recipe, ...more], { cwd })).err;
  expect(await refused('--nproc', '2')).toContain('--nproc needs --engine pytorch');
  const pytorch = (...more: string[]) => refused('--engine', 'pytorch', ...more);
  expect(await pytorch('--quantize')).toContain('--quantize is not available with --engine pytorch');
  expect(await pytorch('--checkpoint', 'stages')).toContain(
    '--checkpoint needs --parallel pipeline with --engine pytorch',
  );
  expect(await pytorch('--checkpoint', 'none', '--python', 'false')).toContain("'false' does not have torch");
  expect(await pytorch('--pipeline-schedule', 'gpipe')).toContain('--pipeline-schedule needs --parallel pipeline');
  expect(await refused('--engine', 'pytorch', '--backend', 'webgpu')).toContain('--backend cpu or --backend cuda');
  expect(await refused('--engine', 'pytorch', '--nproc', '2', '--parallel', 'none')).toContain(
    '--nproc 2 needs --parallel ddp, fsdp or pipeline',
  );
  expect(await refused('--engine', 'pytorch', '--parallel', 'pipeline', '--nproc', '2')).toContain(
    '--parallel pipeline needs --accumulate 2 or more, one micro-batch per stage',
  );
  expect(await refused('--engine', 'pytorch', '--python', 'false')).toContain(
    "'false' does not have torch, safetensors and Pillow: pip install torch safetensors pillow, or name one",
  );
  expect(existsSync(join(cwd, 'runs'))).toBe(false);
});

describe.skipIf(!python)('enetc train --engine pytorch', () => {
  test('two processes with shares, from packed images; eval, report and compile take the run', async () => {
    const cwd = project();
    const engine = ['--engine', 'pytorch', '--nproc', '2', '--parallel', 'fsdp', '--python', python!, '--workers', '1'];
    const more = '--progressive 7-16/2 --freeze stem --head-rate 3 --class-weights balanced --balanced'.split(' ');
    await enetc(['compile', 'tiny.enet', '--target', 'pytorch', '-o', 'start'], { cwd });
    more.push('--freeze-norms', '1', '--weights', 'start/weights.safetensors');
    const ran = await enetc(['train', 'tiny.enet', ...recipe, ...engine, ...more], { cwd });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(
      /backend {2}pytorch: PyTorch .*, 2 processes \(fsdp\)\nrecipe {3}2 epochs, 8 x 2 images per step, .*\nrun {6}runs\/tiny-1\nepoch 1\/2 .*\nepoch 2\/2 .*\nbest accuracy/,
    );
    const lines = readFileSync(join(cwd, 'runs/tiny-1/metrics.jsonl'), 'utf8').trim().split('\n');
    const epochs = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'epoch');
    expect(epochs.map(({ size }) => size)).toEqual([
      [7, 7],
      [16, 16],
    ]);
    // what is frozen is as it was
    const { checkpoint: first } = await openCheckpoint(join(cwd, 'runs/tiny-1/pytorch/weights.safetensors'), '/');
    const { checkpoint: last } = await openCheckpoint(join(cwd, 'runs/tiny-1/last.safetensors'), '/');
    for (const name of first!.tensors.keys()) {
      if (/^stem/.test(name)) expect(last!.read(name), name).toEqual(first!.read(name));
      if (/weight$/.test(name) && !/^stem/.test(name)) expect(last!.read(name), name).not.toEqual(first!.read(name));
    }
    const best = Number(/best accuracy ([\d.]+) %/.exec(ran.out)?.[1]);
    const evaluated = await enetc(['eval', '--run', 'runs/tiny-1', '--json', '--backend', 'cpu'], { cwd });
    expect(100 * JSON.parse(evaluated.out).top1).toBeCloseTo(best, 1);
    expect(readFileSync(join(cwd, 'runs/tiny-1/report.html'), 'utf8')).toContain('<svg');
    const compiled = await enetc(['compile', '--run', 'runs/tiny-1', '-o', 'tiny.onnx'], { cwd });
    expect(compiled).toMatchObject({ code: 0, err: '' });
    expect((await enetc(['train', '--resume', 'runs/tiny-1', '--epochs', '3'], { cwd })).err).toContain(
      '--epochs cannot change: PyTorch trains this run',
    );
    // as begun by another copy of train.py, whose weights are gone
    rmSync(join(cwd, 'runs/tiny-1/pytorch'), { recursive: true });
    rmSync(join(cwd, 'start'), { recursive: true });
    const resumed = await enetc(['train', '--resume', 'runs/tiny-1', '--python', python!, '--workers', '1'], { cwd });
    expect(resumed).toMatchObject({ code: 0, err: '' });
    expect(resumed.out).toContain('best accuracy');
  });

  test('a pipeline that is stopped says where, and goes on', async () => {
    const cwd = project();
    // as stages in two processes
    const settings = { epochs: 2, batch: 4, accumulate: 2, warmup: 0, mixup: 0.2, checkpoint: 'stages' };
    const engine = {
      name: 'pytorch',
      python,
      processes: 2,
      parallel: 'pipeline',
      pipelineSchedule: 'gpipe',
    } as const;
    const plan = await planRun({ spec: 'tiny.enet', data: 'data', settings, engine, cwd });
    const controller = new AbortController();
    const onEvent = ({ kind }: { readonly kind: string }) => kind === 'step' && controller.abort();
    const run = await startRun(plan, { out: 'run' }, { onEvent, signal: controller.signal });
    const stages = readFileSync(join(cwd, 'run/pytorch/stages.py'), 'utf8');
    expect(stages).toContain('SCHEDULE = "gpipe"');
    expect(stages).toMatch(/RECOMPUTES = [[(]True, True[\])]/);
    const outcome = await run.train();
    await run.close();
    expect(outcome.finished).toBe(false);
    expect(existsSync(join(cwd, `run/checkpoints/step-${String(outcome.step).padStart(9, '0')}.safetensors`))).toBe(
      true,
    );
    expect(existsSync(join(cwd, 'run/lock'))).toBe(false);
    const again = await openRun('run', { cwd, python });
    expect(await again.train()).toMatchObject({ finished: true, step: 12 });
    await again.close();
  });
});
