import { elements } from '../../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../../diagnostics/diagnostic.ts';
import { reusedFloats } from '../../bytes.ts';
import { type Checkpoint, type CheckpointTensor, isFloat } from '../../checkpoint.ts';
import { fromStored } from '../../tfjs-layout.ts';
import { Unreadable } from '../byte-reader.ts';
import type { CheckpointFormat, CheckpointSource, FileEnds, OpenedTensors, RandomAccess } from '../format.ts';
import { type NamedWeight, namedWeight, withoutLayers } from '../layers-model/weight-names.ts';
import { refusing } from '../refusing.ts';
import { floatBytes, readFloats } from '../stored-floats.ts';
import { type BundleVariable, readBundle } from './bundle.ts';

const what = 'a TensorFlow checkpoint';

/** A checkpoint by its `.index`, or a SavedModel by its folder. */
export const tensorflowFormat: CheckpointFormat = {
  what,
  isOf: isIndex,
  folderFile: 'variables/variables.index',
  hasDictionaries: true,
  advice: 'give it by its path: the numbers are in other files of its folder',
  open: refusing(what, openTensorflow),
};

/** Recognised by its last bytes: the magic number of a sorted table. */
function isIndex({ head, tail }: FileEnds): boolean {
  const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
  return head.length >= 48 && magic.every((byte, i) => tail[i] === byte);
}

interface LocatedVariable {
  readonly named: NamedWeight;
  readonly variable: BundleVariable;
}

/** The suffix of a variable averaged by `tf.train.ExponentialMovingAverage`. */
const averageName = 'ExponentialMovingAverage';
/** The name of the variables themselves for `--weights-key`. */
const rawKey = 'raw';

function openTensorflow(source: CheckpointSource): OpenedTensors | undefined {
  const { name, file, openNear, key } = source;
  if (!openNear) return undefined;
  if (key !== undefined && key !== averageName && key !== rawKey) {
    throw new Unreadable(`it has no weights '${key}'; '${averageName}' and '${rawKey}' are known`);
  }
  const { variables, shards } = readBundle(file);
  const all = variables.flatMap(named);
  const averages = key === rawKey ? [] : all.filter(({ isAverage }) => isAverage);
  const taken = new Map(all.filter(({ isAverage }) => !isAverage).map((located) => [located.named.name, located]));
  for (const located of averages) taken.set(located.named.name, located);
  if (taken.size === 0) throw new Unreadable('it holds no variables of layers that are known here');
  const files = dataFiles(name, shards, openNear);
  for (const { variable } of taken.values()) checkPlace(variable, files);
  return {
    checkpoint: checkpointOf(name, taken, files),
    diagnostics: reports(name, [...taken.values()], averages.length > 0 && key === undefined),
  };
}

/** A variable as one of our tensors; nothing for those of optimisers and counters. */
function named(variable: BundleVariable): (LocatedVariable & { readonly isAverage: boolean })[] {
  // the layers of Keras 3 keep their kernels in `_kernel`
  const path = variable.name.replace(/\/\.ATTRIBUTES\/VARIABLE_VALUE$/, '').replace(/\/_kernel$/, '/kernel');
  const isAverage = path.endsWith(`/${averageName}`);
  const own = isAverage ? path.slice(0, -averageName.length - 1) : path;
  const weight = own.includes('.OPTIMIZER_SLOT') ? undefined : namedWeight(own, variable.shape);
  return weight ? [{ named: { ...weight, name: weight.name.replaceAll('/', '.') }, variable, isAverage }] : [];
}

/** The files of numbers, `NAME.data-00000-of-00001`. */
function dataFiles(name: string, shards: number, openNear: (path: string) => RandomAccess): readonly RandomAccess[] {
  const base = name.endsWith('.index')
    ? name.slice(0, -'.index'.length).replace(/^.*[\\/]/, '')
    : 'variables/variables';
  const number = (n: number) => String(n).padStart(5, '0');
  return Array.from({ length: shards }, (_, i) => openNear(`${base}.data-${number(i)}-of-${number(shards)}`));
}

function checkPlace({ name, dtype, shape, shard, offset }: BundleVariable, files: readonly RandomAccess[]): void {
  const end = offset + elements(shape) * (floatBytes[dtype] ?? 0);
  if (end > (files[shard]?.size ?? 0)) {
    throw new Unreadable(`the numbers of '${name.slice(0, 80)}' do not lie within its files: they were cut off`);
  }
}

function checkpointOf(
  name: string,
  taken: ReadonlyMap<string, LocatedVariable>,
  files: readonly RandomAccess[],
): Checkpoint {
  const tensors = new Map<string, CheckpointTensor>();
  for (const [own, { named: weight, variable }] of taken) {
    tensors.set(own, { name: own, dtype: variable.dtype, shape: weight.shape });
  }
  const floats = reusedFloats();
  return {
    name,
    tensors,
    metadata: new Map(),
    read(tensor) {
      const located = taken.get(tensor);
      if (!located || !isFloat(located.variable.dtype)) {
        throw new Error(`${name} has no floating-point tensor '${tensor}'`);
      }
      const { named: weight, variable } = located;
      const stored = floats(elements(weight.shape));
      const file = files[variable.shard] as RandomAccess;
      readFloats(file, variable.offset, variable.dtype, stored, `'${tensor}' of ${name}`);
      return fromStored(weight.layout, weight.shape, stored);
    },
  };
}

function reports(name: string, taken: readonly LocatedVariable[], hasChoice: boolean): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (hasChoice) {
    const instead = `; --weights-key ${rawKey} takes those before averaging`;
    const data = { file: name, key: averageName, kind: 'averaged weights', instead };
    diagnostics.push(createDiagnostic('checkpoint-dictionary', undefined, data));
  }
  const dense = taken.find(({ named: { layout } }) => layout === 'linear');
  if (dense) {
    const data = { file: name, tensor: dense.named.name, why: withoutLayers };
    diagnostics.push(createDiagnostic('checkpoint-dense-order', undefined, data));
  }
  return diagnostics;
}
