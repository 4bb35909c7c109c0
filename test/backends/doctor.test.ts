import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { BackendReport } from '../../src/backends/backend.ts';
import { enetc, folder } from '../cli/fake-io.ts';

/** A user without a linked TensorFlow. */
const bare = () => ({ cwd: folder(), env: { ENETC_HOME: folder() } });

test('says what works, why the rest does not, and what to type', async () => {
  const { code, out, err } = await enetc(['doctor'], bare());
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^enetc .+, Node \d+\.\d+\.\d+, \S+, \d+ cores?$/m);
  expect(out).toMatch(/^cpu +slowly +plain TensorFlow\.js/m);
  expect(out).toMatch(/^cuda +no +no TensorFlow is installed or linked$/m);
  expect(out).toMatch(/^--backend auto takes (cpu|webgpu) here\.$/m);
  expect(out).toMatch(/^ {2}tensorflow +pip install tensorflow-cpu, then 'enetc backend install tensorflow'$/m);
  expect(out).toMatch(/^sharp +yes +\d+\.\d+\.\d+ /m);
});

test('for machines', async () => {
  const { code, out } = await enetc(['doctor', '--json'], bare());
  const report = JSON.parse(out) as { auto: string; backends: BackendReport[]; packages: { name: string }[] };
  expect(code).toBe(0);
  expect(report.backends.map((b) => b.name)).toEqual(['cuda', 'tensorflow', 'webgpu', 'cpu']);
  expect(report.backends.find((b) => b.name === 'tensorflow')).toMatchObject({
    works: false,
    advice: expect.stringContaining('enetc backend install tensorflow'),
  });
  expect(report.backends.at(-1)).toMatchObject({ works: true, slow: true });
  expect(report.packages.map((p) => p.name)).toEqual(['sharp', 'onnxruntime-node']);
});

test('a link whose library is gone is told, with what fixes it', async () => {
  const { writeFileSync, mkdirSync } = await import('node:fs');
  const { cwd, env } = bare();
  const tfjs = `${env.ENETC_HOME}/tensorflow/node_modules/@tensorflow/tfjs-node`;
  mkdirSync(tfjs, { recursive: true });
  writeFileSync(`${tfjs}/package.json`, '{"name":"@tensorflow/tfjs-node","main":"index.js"}');
  writeFileSync(`${tfjs}/index.js`, "throw new Error('libtensorflow_cc.so.2: cannot open shared object file')");
  writeFileSync(
    `${env.ENETC_HOME}/tensorflow/linked.json`,
    JSON.stringify({ version: '2.21.0', python: '/gone/bin/python', library: '/gone' }),
  );
  const { out } = await enetc(['doctor', '--json'], { cwd, env });
  const { backends } = JSON.parse(out) as { backends: BackendReport[] };
  expect(backends.find((b) => b.name === 'tensorflow')).toMatchObject({
    works: false,
    detail: 'the linked TensorFlow does not load: libtensorflow_cc.so.2: cannot open shared object file',
    advice: "'enetc backend install tensorflow' links it again",
  });
  expect((await enetc(['backend', 'list'], { cwd, env })).out).toMatch(/the linked TensorFlow, 2\.21\.0 of \/gone/);
});

test('the built program has the engines in a bundle of its own', () => {
  const entry = fileURLToPath(new URL('../../dist/enetc.cjs', import.meta.url));
  if (!existsSync(entry)) throw new Error('there is no dist/enetc.cjs: npm run build');
  const { cwd, env } = bare();
  const run = (...argv: string[]) =>
    spawnSync(process.execPath, [entry, ...argv], { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, ...env } });
  const ran = run('doctor', '--json');
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(ran.stdout).backends.at(-1)).toMatchObject({ name: 'cpu', works: true });
  // An error of one bundle is known to the other.
  expect(run('backend', 'instal')).toMatchObject({
    status: 2,
    stderr: "error: unknown action 'instal': install, list or remove?\nTry 'enetc backend --help'.\n",
  });
});
