import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { byteLength, type Graph, graphTensors } from '../5-graph/graph.ts';
import { statOf } from '../node/file-stat.ts';
import { orUndefined } from '../node/or-undefined.ts';
import { formatBytes } from '../report/format-number.ts';
import { failure } from './io.ts';
import type { Output } from './refuse-overwriting.ts';

/** What is larger is not written unasked. The largest published row of the library has 2 GB of weights. */
const mostBytes = 4e9;

/** The bytes that a network's tensors take in a file, in the types that they have. */
export function weightBytes(graph: Graph): number {
  let bytes = 0;
  for (const { tensor } of graphTensors(graph)) bytes += byteLength(tensor.shape, tensor.type);
  return bytes;
}

/** Throws if an output is very large, or has no room on the disk, and there is no `--force`. */
export function refuseSize({ path, shown, force }: Pick<Output, 'path' | 'shown' | 'force'>, bytes: number): void {
  if (force || isDevice(path)) return;
  const problem = sizeProblem(bytes, freeBytes(dirname(path)));
  if (problem !== undefined) throw failure(`'${shown}' would have ${formatBytes(bytes)}${problem}; --force writes it`);
}

/** Why a size is refused: `, and the disk has 2 GiB left`. @param free undefined if the system does not say */
export function sizeProblem(bytes: number, free: number | undefined): string | undefined {
  if (free !== undefined && bytes > free) return `, and the disk has ${formatBytes(free)} left`;
  return bytes > mostBytes ? '' : undefined;
}

function freeBytes(folder: string): number | undefined {
  const disk = orUndefined(() => statfsSync(folder));
  return disk && disk.blocks > 0 ? disk.bavail * disk.bsize : undefined;
}

function isDevice(path: string): boolean {
  const stat = statOf(path);
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}
