import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { oneNode } from '../one-node.ts';

const tests = resolve(import.meta.dirname, '..');

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

test('each path listed as independent of the version of Node exists', () => {
  const missing = Object.values(oneNode)
    .flat()
    .filter((path) => !existsSync(join(tests, path)));
  expect(missing).toEqual([]);
});

test('what is listed as computing in JavaScript alone uses no process, worker, network or native package', () => {
  const files = (oneNode['computes in JavaScript alone'] ?? []).flatMap((path) => filesOf(join(tests, path)));
  const outside = /'(?:node:(?:child_process|worker_threads|net|http|stream)|onnxruntime-node|sharp|webgpu)'/;
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => file.endsWith('.test.ts') && outside.test(readFileSync(file, 'utf8')))).toEqual([]);
});
