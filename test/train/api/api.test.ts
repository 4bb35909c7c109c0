import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  evaluate,
  FileError,
  openRun,
  planRun,
  type RunControl,
  RunError,
  type RunOptions,
  resume,
  SettingError,
  startRun,
  type TrainEvent,
  train,
} from '../../../src/train/api.ts';
import { enetc } from '../../cli/fake-io.ts';
import { temporaryFolder, tinySpec, writeIdx } from '../run/fixture.ts';

function project(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.enet'), tinySpec);
  writeIdx(join(cwd, 'data'), 32, 12);
  return cwd;
}

const settings = { epochs: 2, batch: 8, optimiser: 'adamw', rate: 0.5, warmup: 0, ema: 0.9 } as const;
const request = (cwd: string, changes: Partial<RunOptions> = {}): RunOptions => ({
  spec: 'tiny.enet',
  data: 'data',
  backend: 'cpu',
  workers: 1,
  cwd,
  ...changes,
  settings: { ...settings, ...changes.settings },
});

/** The bytes of a run's results. */
function results(run: string): Record<string, string> {
  const newest = join('checkpoints', readdirSync(join(run, 'checkpoints')).sort().at(-1) as string);
  const names = ['best.json', 'best.safetensors', 'last.safetensors', 'metrics.jsonl', newest];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(run, name), 'base64')]));
}

/** A control that aborts at the first event for which it is told to. */
function abortAt(when: (event: TrainEvent) => boolean): RunControl {
  const controller = new AbortController();
  return { signal: controller.signal, onEvent: (event) => when(event) && controller.abort() };
}

describe('runs in one process', () => {
  test('with the same seed have the same weights, one after the other and at the same time; another seed has others', async () => {
    const cwd = project();
    const go = (out: string, seed = 0) => train({ ...request(cwd, { settings: { seed } }), out });
    const first = await go('first');
    expect(first).toMatchObject({ finished: true, step: 8, corrupt: 0, folder: { path: join(cwd, 'first') } });
    expect((await go('second')).best).toEqual(first.best);
    expect(results(join(cwd, 'second'))).toEqual(results(join(cwd, 'first')));
    await Promise.all([go('third'), go('fourth', 1)]);
    expect(results(join(cwd, 'third'))).toEqual(results(join(cwd, 'first')));
    expect(results(join(cwd, 'fourth'))['last.safetensors']).not.toBe(results(join(cwd, 'first'))['last.safetensors']);
  });

  test('are aborted in mid-epoch, and resumed to the bytes of the unbroken run', async () => {
    const cwd = project();
    await train({ ...request(cwd), out: 'whole' });
    const control = abortAt((event) => event.kind === 'step' && event.step === 2);
    expect(await train({ ...request(cwd), out: 'parts' }, control)).toMatchObject({ finished: false, step: 2 });
    // In the middle of the second epoch's validation.
    const later = abortAt((event) => event.kind === 'evaluating' && event.done === 2);
    expect(await resume('parts', { cwd }, later)).toMatchObject({ finished: false, step: 4 });
    // Before anything is done.
    expect(await resume('parts', { cwd }, { signal: AbortSignal.abort() })).toMatchObject({ finished: false, step: 4 });
    expect(await resume('parts', { cwd })).toMatchObject({ finished: true, step: 8 });
    expect(results(join(cwd, 'parts'))).toEqual(results(join(cwd, 'whole')));
    // Made longer, it is the run that had the length from the start.
    await resume('parts', { cwd, epochs: 3 });
    await train({ ...request(cwd, { settings: { epochs: 3 } }), out: 'long' });
    expect(results(join(cwd, 'parts'))).toEqual(results(join(cwd, 'long')));
  });

  test('are planned, opened and closed by hand: nobody else can have the folder meanwhile', async () => {
    const cwd = project();
    const events: TrainEvent[] = [];
    const control: RunControl = { onEvent: (event) => void events.push(event) };
    const plan = await planRun(request(cwd), control);
    expect(plan.config).toMatchObject({
      classes: ['0', '1', '2'],
      images: { train: 32 },
      settings: { augment: 'basic' },
    });
    expect(readdirSync(cwd).sort()).toEqual(['data', 'tiny.enet']);
    const run = await startRun(plan, {}, control);
    expect(run).toMatchObject({
      folder: { shown: join('runs', 'tiny-1') },
      validatedOn: 'test',
      backend: { name: 'cpu' },
    });
    await expect(openRun(run.folder.path)).rejects.toThrow('is writing');
    await run.train();
    await run.close();
    const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== 'evaluating' && kind !== 'step');
    expect(kinds).toEqual(['data', 'start', 'checkpoint', 'checkpoint', 'epoch', 'checkpoint', 'epoch']);
    expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(8);
    const again = await openRun(run.folder.path, { cwd });
    expect(await again.train()).toMatchObject({ finished: true, step: 8 });
    await again.close();
    // A plan that is not started is closed.
    const other = await planRun(request(cwd));
    await other.close();
  });
});

test('evaluate gives the accuracy that the run had, and stops where it is told to', async () => {
  const cwd = project();
  const { best } = await train({ ...request(cwd), out: 'run' });
  const byRun = await evaluate({ run: 'run', backend: 'cpu', workers: 1, cwd });
  expect(byRun).toMatchObject({ accuracy: best?.accuracy, images: 12, split: 'test', classes: ['0', '1', '2'] });
  const bySpec = { spec: 'tiny.enet', weights: join('run', 'best.safetensors'), data: 'data' };
  const { confusion, loss } = await evaluate({ ...bySpec, backend: 'cpu', workers: 1, batch: 5, cwd });
  expect(confusion).toEqual(byRun.confusion);
  expect(loss).toBeCloseTo(byRun.loss, 5);
  let batches = 0;
  const control = abortAt((event) => event.kind === 'evaluating' && ++batches === 1);
  await expect(evaluate({ run: 'run', backend: 'cpu', workers: 1, batch: 4, cwd }, control)).rejects.toThrow(/abort/i);
  expect(batches).toBe(1);
});

describe('an error names the option at fault: by its name here, with dashes on the command line', () => {
  const said: [Partial<RunOptions>, string, string, string[], string][] = [
    [
      { settings: { batch: 0 } },
      'batch',
      "'batch' takes a number from 1, not '0'",
      ['--batch', '0'],
      '--batch takes a number from 1, not',
    ],
    [
      { settings: { nesterov: true } },
      'nesterov',
      "'nesterov' needs 'optimiser: sgd'",
      ['--nesterov'],
      '--nesterov needs --optimiser sgd',
    ],
    [
      { settings: { freeze: 'stme' } },
      'freeze',
      "'freeze': the network has no part 'stme'",
      ['--freeze', 'stme'],
      "--freeze: the network has no part 'stme'",
    ],
    [
      { settings: { batch: 100 } },
      'batch',
      "Choose a 'batch' of 32 or less",
      ['--batch', '100'],
      'Choose a --batch of 32 or less',
    ],
    [
      { settings: { progressive: '8-4' } },
      'progressive',
      "'progressive: 8-4': the second",
      ['--progressive', '8-4'],
      '--progressive 8-4: the second',
    ],
    [
      { settings: { 'class-weights': 'x' } },
      'class-weights',
      "'class-weights' takes",
      ['--class-weights', 'x'],
      '--class-weights takes',
    ],
    [
      { settings: { accumulate: 5 } },
      'batch',
      "a smaller 'batch' or 'accumulate'",
      ['--accumulate', '5'],
      'a smaller --batch or --accumulate',
    ],
  ];
  test.each(said)('%j', async (changes, setting, message, args, shown) => {
    const cwd = project();
    const error = await train(request(cwd, changes)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RunError);
    expect(error).toMatchObject({ setting, message: expect.stringContaining(message) });
    expect((error as RunError).message).not.toContain('--');
    const recipe = Object.entries(settings).flatMap(([name, value]) =>
      args.includes(`--${name}`) ? [] : [`--${name}`, `${value}`],
    );
    const ran = await enetc(['train', 'tiny.enet', '--data', 'data', '--backend', 'cpu', ...recipe, ...args], { cwd });
    expect(ran.err).toContain(shown);
    expect(ran.code).toBe(error instanceof SettingError ? 2 : 1);
    expect(readdirSync(cwd).sort()).toEqual(['data', 'tiny.enet']);
  });

  test('what is required and missing; errors have their names in a bundle too', async () => {
    const cwd = project();
    const missing = (setting: string) => ({ name: 'SettingError', setting, message: `'${setting}' is required` });
    await expect(train({ cwd } as never)).rejects.toMatchObject(missing('spec'));
    await expect(train({ cwd, spec: 'tiny.enet' } as never)).rejects.toMatchObject(missing('data'));
    await expect(evaluate({ cwd, spec: 'tiny.enet' } as never)).rejects.toMatchObject(missing('weights'));
    await expect(resume('nowhere', { cwd })).rejects.toMatchObject({ name: 'RunError' });
  });

  test('an unknown setting, a spec or weights that cannot be read, a spec with an error', async () => {
    const cwd = project();
    const failure = (changes: object) => train(request(cwd, changes)).catch((e: unknown) => e);
    expect(await failure({ settings: { batsh: 8 } })).toMatchObject({
      setting: 'batsh',
      message: "there is no setting 'batsh'",
    });
    expect(await failure({ backend: 'gpu' })).toMatchObject({ setting: 'backend' });
    const none = await failure({ spec: 'none.enet' });
    expect(none).toBeInstanceOf(FileError);
    expect(none).toMatchObject({ message: "there is no file or library model 'none.enet'" });
    expect(await failure({ weights: 'none.safetensors' })).toBeInstanceOf(FileError);
    writeFileSync(join(cwd, 'wrong.enet'), tinySpec.replace('GlobalAvgPool', 'GlobalAvgPol'));
    const wrong = await failure({ spec: 'wrong.enet' });
    expect(wrong).toMatchObject({
      setting: 'spec',
      message: expect.stringMatching(/^'wrong.enet' does not compile: .*GlobalAvgPol/),
    });
    expect((wrong as RunError).diagnostics?.[0]).toMatchObject({ severity: 'error' });
  });
});
