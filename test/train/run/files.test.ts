import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copySpec } from '../../../src/2-resolve/spec-copy.ts';
import { compile } from '../../../src/compile.ts';
import { writeFileAtomically } from '../../../src/node/atomic-file.ts';
import { temporaryPath } from '../../../src/node/temporary-names.ts';
import { createNumberedRun, createRun, removeLeftovers } from '../../../src/train/run/run-folder.ts';
import { lockRun } from '../../../src/train/run/run-lock.ts';
import { startState } from '../../../src/train/run/state.ts';
import { type DamagedState, readPosition, readState, writeState } from '../../../src/train/run/state-file.ts';
import { temporaryFolder } from './fixture.ts';

test('a write that fails leaves the old file', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  writeFileAtomically(path, (sink) => sink.write(Uint8Array.of(1, 2, 3)));
  expect(() =>
    writeFileAtomically(path, (sink) => {
      sink.write(Uint8Array.of(9));
      expect([...readFileSync(path)]).toEqual([1, 2, 3]);
      throw new Error('no more');
    }),
  ).toThrow('no more');
  expect(readdirSync(folder)).toEqual(['file']);
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
});

const ignore = () => {};

test('states: the last two stay, the newest is read, with every number', () => {
  const folder = { path: temporaryFolder(), shown: 'run' };
  mkdirSync(join(folder.path, 'checkpoints'));
  const variables = [{ name: 'a/ema', shape: [3], layout: 'vector', start: 'weights' }] as const;
  const sums = { images: 3, loss: 0.1 + 0.2, correct: 1 };
  for (const step of [5, 10, 200]) {
    const values = new Map([['a/ema', Float32Array.of(step, 1e-40, Math.fround(0.1))]]);
    writeState(folder, { ...startState, step, sums }, variables, values, 'abc');
  }
  expect(readdirSync(join(folder.path, 'checkpoints')).sort()).toEqual([
    'step-000000010.safetensors',
    'step-000000200.safetensors',
  ]);
  const saved = readState(folder, variables, ['abc'], ignore);
  expect(saved?.state).toEqual({ ...startState, step: 200, sums });
  expect(saved?.values.get('a/ema')).toEqual(Float32Array.of(200, 1e-40, 0.1));
  expect(() => readState(folder, variables, ['other'], ignore)).toThrow('belongs to another configuration');
});

describe('a damaged state is skipped for the older one, which is said', () => {
  const variables = [{ name: 'a', shape: [3], layout: 'vector', start: 'weights' }] as const;
  const write = () => {
    const folder = { path: temporaryFolder(), shown: './run/' };
    mkdirSync(join(folder.path, 'checkpoints'));
    for (const step of [5, 10])
      writeState(folder, { ...startState, step }, variables, new Map([['a', Float32Array.of(step, 2, 3)]]), 'abc');
    const path = join(folder.path, 'checkpoints', 'step-000000010.safetensors');
    return { folder, path, older: join(folder.path, 'checkpoints', 'step-000000005.safetensors') };
  };
  const flipped = (at: number) => (bytes: Buffer) => {
    bytes[bytes.length + at] = (bytes[bytes.length + at] as number) ^ 1;
    return bytes;
  };
  test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['empty', () => Buffer.alloc(0), /is an empty file/],
    ['cut', (bytes) => bytes.subarray(0, 100), /cut off/],
    ['cut within the last number', (bytes) => bytes.subarray(0, bytes.length - 1), /./],
    ['all zeros', (bytes) => Buffer.alloc(bytes.length), /./],
    ['a bit of a weight', flipped(-1), /checksum/],
    [
      'not a number',
      (bytes) => Buffer.concat([bytes.subarray(0, bytes.length - 4), Buffer.from([0, 0, 0xc0, 0x7f])]),
      /checksum/,
    ],
    [
      'a digit of the state',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('epoch\\":0', 'epoch\\":1'), 'latin1'),
      /checksum/,
    ],
    [
      'a state that is not an object',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('{\\"step', '[\\"step'), 'latin1'),
      /./,
    ],
  ])('%s', (_, change, reason) => {
    const { folder, path } = write();
    const before = readFileSync(path);
    const after = change(Buffer.from(before));
    expect(after.equals(before)).toBe(false);
    writeFileSync(path, after);
    const damaged: DamagedState[] = [];
    expect(readPosition(folder, ['abc'])?.step).toBe(
      after.length === before.length && /checksum/.test(reason.source) ? 10 : 5,
    );
    expect(readState(folder, variables, ['abc'], (d) => damaged.push(d))?.values.get('a')).toEqual(
      Float32Array.of(5, 2, 3),
    );
    expect(damaged).toEqual([
      { path: 'run/checkpoints/step-000000010.safetensors', reason: expect.stringMatching(reason) },
    ]);
    expect(readdirSync(join(folder.path, 'checkpoints')).sort()).toEqual([
      'step-000000005.safetensors',
      'step-000000010.safetensors.damaged',
    ]);
    // It is met once.
    expect(readState(folder, variables, ['abc'], () => expect.unreachable())?.state.step).toBe(5);
  });

  test('a folder, a pipe, a link to nothing, another step’s file', () => {
    for (const make of [
      (path: string) => mkdirSync(path),
      (path: string) => execFileSync('mkfifo', [path]),
      (path: string) => symlinkSync('nowhere', path),
      (path: string, older: string) => copyFileSync(older, path),
    ]) {
      if (process.platform === 'win32') continue;
      const { folder, path, older } = write();
      rmSync(path);
      make(path, older);
      const damaged: DamagedState[] = [];
      expect(readState(folder, variables, ['abc'], (d) => damaged.push(d))?.state.step).toBe(5);
      expect(damaged).toHaveLength(1);
    }
  });

  test('where none is whole the run cannot go on', () => {
    const { folder, path, older } = write();
    for (const file of [path, older]) writeFileSync(file, 'x');
    expect(() => readState(folder, variables, ['abc'], ignore)).toThrow(
      /^no checkpoint of '.\/run\/' can be read: 'run\/checkpoints\/step-000000010.safetensors' \(.*\), 'run\/checkpoints\/step-000000005.*'weights: run\/last.safetensors'$/,
    );
  });
});

test('a run folder has one writer; a dead one does not count', async () => {
  const folder = { path: temporaryFolder(), shown: 'run' };
  const unlock = lockRun(folder);
  expect(() => lockRun(folder)).toThrow(`process ${process.pid} is writing 'run'`);
  unlock();
  expect(existsSync(join(folder.path, 'lock'))).toBe(false);

  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void other.kill('SIGKILL'));
  const { hostname } = await import('node:os');
  const lock = { pid: other.pid, host: hostname(), started: '' };
  writeFileSync(join(folder.path, 'lock'), JSON.stringify(lock));
  expect(() => lockRun(folder)).toThrow(`process ${other.pid} is writing`);
  // The number of a process that is another now.
  writeFileSync(join(folder.path, 'lock'), JSON.stringify({ ...lock, started: '1' }));
  if (existsSync('/proc/self/stat')) lockRun(folder)();
  writeFileSync(join(folder.path, 'lock'), JSON.stringify({ ...lock, host: 'elsewhere' }));
  expect(() => lockRun(folder)).toThrow("on 'elsewhere'");
  await new Promise((done) => {
    other.on('exit', done);
    other.kill('SIGKILL');
  });
  for (const content of [JSON.stringify(lock), '', '{"pid": 1']) {
    writeFileSync(join(folder.path, 'lock'), content);
    lockRun(folder)();
  }
});

test('run folders: numbered, never another run or somebody else’s files', () => {
  const cwd = temporaryFolder();
  expect(createNumberedRun(cwd, 'net-b0').shown).toBe(join('runs', 'net-b0-1'));
  expect(createNumberedRun(cwd, 'net-b0').shown).toBe(join('runs', 'net-b0-2'));
  const own = join(cwd, 'own');
  createRun(own, 'own');
  writeFileSync(temporaryPath(join(own, 'last.safetensors')), '');
  removeLeftovers(createRun(own, 'own'));
  expect(readdirSync(own)).toEqual([]);
  writeFileSync(join(own, 'thesis.tex'), '');
  expect(() => createRun(own, 'own')).toThrow('not empty');
  writeFileSync(join(own, 'config.json'), '');
  expect(() => createRun(own, 'own')).toThrow("'resume: own'");
});

test('a spec is copied with its own imports, at their places to each other', () => {
  const files: Record<string, string> = {
    '/project/nets/a.enet': 'import { B } from "../blocks/b.enet"\nimport { MBConv } from "std/blocks"\n',
    '/project/blocks/b.enet': 'block B(x) { x -> Activation(relu) }\n',
  };
  const host = {
    root: '/project',
    readFile: (path: string) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
    resolvePath: (from: string, path: string) => new URL(path, `file://${from === '' ? '/' : from}`).pathname,
  };
  const { program } = compile(
    { name: '/project/nets/a.enet', text: files['/project/nets/a.enet'] as string },
    {},
    host,
  );
  const copy = copySpec(program);
  expect(copy.entry).toBe('nets/a.enet');
  expect([...copy.files.keys()].sort()).toEqual(['blocks/b.enet', 'nets/a.enet']);
  const { program: library } = compile({ name: 'std/resnet', text: 'model M {}' });
  expect(copySpec(library).entry).toBe('resnet.enet');
});
