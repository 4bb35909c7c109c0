import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { emitTrainingModel } from '../../src/6-emit/tfjs/saved-model/emit-training-model.ts';
import { readLink } from '../../src/backends/linked-tensorflow.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { findPython } from '../oracle.ts';

const python = findPython(['tensorflow']);
const compiler = ['c++', 'g++', 'clang++'].find((name) => spawnSync(name, ['--version']).status === 0);
if (!compiler) console.log('no C++ compiler: linking TensorFlow is not tested');

/** A program that stands for Python: it prints a line and ends with a code. */
function fakePython(answer: object | undefined, code = 0): string {
  const file = join(folder(), 'python');
  const line = answer === undefined ? '' : `echo '${JSON.stringify(answer)}'\n`;
  writeFileSync(file, `#!/bin/sh\n${line}exit ${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** What a Python with a TensorFlow answers: a folder with empty libraries. */
function wheel(names: readonly string[]): object {
  const library = folder(Object.fromEntries(names.map((name) => [name, ''])));
  return { python: '/usr/bin/python3', folder: library, version: '2.21.0' };
}
const both =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const install = (env: Record<string, string>, ...options: string[]) =>
  enetc(['backend', 'install', 'tensorflow', ...options], { cwd: folder(), env });

describe('what is missing is said before anything is fetched', () => {
  test('no such Python', async () => {
    const home = folder();
    const { code, err } = await install({ ENETC_HOME: home }, '--python', '/nowhere/python');
    expect({ code, err }).toEqual({ code: 1, err: "error: there is no program '/nowhere/python'\n" });
    expect(readdirSync(home)).toEqual([]);
  });

  test('a Python without TensorFlow', async () => {
    const without = fakePython(undefined, 3);
    const { code, err } = await install({ ENETC_HOME: folder() }, '--python', without);
    expect(code).toBe(1);
    expect(err).toBe(
      `error: '${without}' has no TensorFlow. Type ${without} -m pip install tensorflow-cpu (for a GPU: tensorflow[and-cuda])\n`,
    );
  });

  test('a TensorFlow that has no library to link', async () => {
    const { code, err } = await install({ ENETC_HOME: folder() }, '--python', fakePython(wheel([])));
    expect(code).toBe(1);
    expect(err).toMatch(/TensorFlow 2\.21\.0 of .* lacks .*tensorflow_cc.*pip install --upgrade/);
  });

  test('no compiler', async () => {
    const env = { ENETC_HOME: folder(), CXX: '/nowhere/c++' };
    const { code, err } = await install(env, '--python', fakePython(wheel(both)));
    expect(code).toBe(1);
    expect(err).toMatch(/error: there is no C\+\+ compiler \(\/nowhere\/c\+\+\), which the binding is built with: /);
  });

  test.each([
    [['backend'], 'install, list or remove?'],
    [['backend', 'install'], 'install what?'],
    [['backend', 'install', 'webgpu'], "'webgpu' cannot be installed"],
    [['backend', 'list', '--python', 'x'], '--python is for install'],
    [['backend', 'list', 'tensorflow'], "unexpected 'tensorflow'"],
  ])('%j', async (argv, message) => {
    const { code, err } = await enetc(argv, { env: { ENETC_HOME: folder() } });
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test('nothing to remove', async () => {
    const { code, err } = await enetc(['backend', 'remove', 'tensorflow'], { env: { ENETC_HOME: folder() } });
    expect({ code, err }).toEqual({ code: 1, err: 'error: no TensorFlow is linked\n' });
  });
});

test.skipIf(!compiler)('what does not build leaves the old link as it was', async () => {
  const home = folder();
  mkdirSync(join(home, 'tensorflow'));
  const old = { version: '2.20.0', python: '/old', library: '/old' };
  writeFileSync(join(home, 'tensorflow/linked.json'), JSON.stringify(old));
  const { code, err } = await install({ ENETC_HOME: home }, '--python', fakePython(wheel(both)));
  expect(code).toBe(1);
  expect(err).toMatch(/error: (npm could not fetch|\S+ ended with 1:\n)/);
  expect(readLink({ ENETC_HOME: home })).toEqual(old);
  expect(readdirSync(home)).toEqual(['tensorflow']);
});

test.skipIf(!python || !compiler)(
  'links the TensorFlow of a Python wheel, computes with it, and removes it again',
  async () => {
    const env = { ENETC_HOME: folder() };
    const { code, out, err } = await install(env, '--python', python!);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'TensorFlow',
      'fetching',
      'building',
      'checking',
      '',
    ]);
    expect(out).toMatch(/^linked TensorFlow \d+\.\d+\.\d+; --backend (tensorflow|cuda) and auto use it from now on\n$/);
    const link = readLink(env)!;
    expect(existsSync(link.library)).toBe(true);
    // In a process of its own, which knows nothing but where enetc keeps its data.
    const entry = fileURLToPath(new URL('../../dist/enetc.cjs', import.meta.url));
    const cwd = folder();
    const ran = spawnSync(process.execPath, [entry, 'doctor', '--json'], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      auto: expect.stringMatching(/^(tensorflow|cuda)$/),
      backends: expect.arrayContaining([
        expect.objectContaining({ name: 'tensorflow', works: true, detail: expect.stringContaining('TensorFlow') }),
      ]),
    });
    // Its binding takes the options of a session from the folder of a model, and TensorFlow refuses what is none.
    const model = folder({ 'session_options.pb': 'no message' });
    const modules = join(env.ENETC_HOME, 'tensorflow/node_modules/@tensorflow/tfjs-node');
    const { pb } = emitTrainingModel({ name: 'empty', variables: [], functions: [] });
    writeFileSync(join(model, 'saved_model.pb'), pb);
    const load = `require(${JSON.stringify(modules)}).node.loadSavedModel(${JSON.stringify(model)}, ['serve'], 'read')`;
    const refused = spawnSync(process.execPath, ['-e', load], { encoding: 'utf8', env: { PATH: process.env.PATH } });
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('Unparseable ConfigProto');
    expect((await enetc(['backend', 'list'], { cwd, env })).out).toContain(`${link.version} of ${link.python}`);
    expect((await enetc(['backend', 'remove', 'tensorflow'], { cwd, env })).code).toBe(0);
    expect(readLink(env)).toBeUndefined();
    expect(readdirSync(env.ENETC_HOME)).toEqual([]);
  },
);
