import { readdirSync, readFileSync } from 'node:fs';
import type { CheckpointTensor } from '../../src/weights/checkpoint.ts';

const folder = new URL('./state-dicts/', import.meta.url);

/** `timm_efficientnet_b0` and so on: the lists of `state-dicts/`. */
export const stateDicts: readonly string[] = readdirSync(folder)
  .map((name) => name.replace('.txt', ''))
  .sort();

/** The tensors of a public checkpoint. A line is a module: `conv_stem 32x3x3x3`, `fc 10x20 bias`, `bn1 norm 32`. */
export function readStateDict(name: string): Map<string, CheckpointTensor> {
  const tensors = new Map<string, CheckpointTensor>();
  const add = (tensor: string, shape: number[], dtype = 'F32') => tensors.set(tensor, { name: tensor, shape, dtype });
  for (const line of readFileSync(new URL(`${name}.txt`, folder), 'utf8')
    .trim()
    .split('\n')) {
    const [module, what, more] = line.split(' ') as [string, string, string?];
    if (what === 'norm') {
      for (const role of ['weight', 'bias', 'running_mean', 'running_var']) add(`${module}.${role}`, [Number(more)]);
      add(`${module}.num_batches_tracked`, [], 'I64');
    } else {
      const shape = what.split('x').map(Number);
      add(`${module}.weight`, shape);
      if (more === 'bias') add(`${module}.bias`, [shape[0] as number]);
    }
  }
  return tensors;
}
