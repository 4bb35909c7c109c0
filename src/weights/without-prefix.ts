import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';

/**
 * A checkpoint as if its names lacked a prefix: `module.` of PyTorch's data parallel, `_orig_mod.` of its compiler. The tensors
 * keep their own names; one whose new name would clash keeps the old one.
 */
export function withoutPrefix(checkpoint: Checkpoint, prefix: string): Checkpoint {
  if (prefix === '') return checkpoint;
  const { tensors } = checkpoint;
  const renamed = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    renamed.set(short === '' || (short !== name && tensors.has(short)) ? name : short, tensor);
  }
  return {
    name: checkpoint.name,
    tensors: renamed,
    metadata: checkpoint.metadata,
    read: (name) => checkpoint.read(renamed.get(name)?.name ?? name),
  };
}
