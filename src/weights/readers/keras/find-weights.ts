import { Unreadable } from '../byte-reader.ts';
import type { Hdf5File } from './hdf5.ts';

/** A weight of a layer: its dataset, and its name in Keras. */
export interface KerasWeight {
  readonly path: string;
  /** `stem/conv/kernel` */
  readonly name: string;
}

/** What is known about the layers of a model, by their names. */
export type ClassOfLayer = (layer: string) => string | undefined;

const mostObjects = 20_000;
const mostDepth = 24;

/** The order in which Keras 3 stores the variables of a layer, by its class in snake case (`add_weight` in each layer's `build`). */
const variables: Readonly<Record<string, readonly string[]>> = {
  conv2d: ['kernel', 'bias'],
  depthwise_conv2d: ['depthwise_kernel', 'bias'],
  separable_conv2d: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
  conv2d_transpose: ['kernel', 'bias'],
  dense: ['kernel', 'bias'],
  p_re_lu: ['alpha'],
  layer_normalization: ['gamma', 'beta'],
  normalization: ['mean', 'variance'],
  batch_normalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
};

/**
 * Finds the weights of a model in a file of Keras: of the older form (`model.save('x.h5')`, `/model_weights/LAYER/NAME`, or without
 * the first part of `save_weights`), or of Keras 3 (`.weights.h5`, `/layers/CLASS_N/vars/0`).
 * @param model its name, which Keras 3 puts in front of the weights of a sequential model: `/model_weights/LAYER/MODEL/LAYER/kernel`
 * @throws Unreadable where the file is neither
 */
export function findWeights(file: Hdf5File, model?: string): readonly KerasWeight[] {
  const top = file.members('/').map(({ name }) => name);
  let left = mostObjects;
  const members = (path: string, depth: number) => {
    const found = file.members(path);
    left -= found.length;
    if (left < 0 || depth > mostDepth) {
      throw new Unreadable(`it has more than ${mostObjects} objects, or groups within groups without end`);
    }
    return found;
  };
  if (top.includes('model_weights')) return olderForm('/model_weights');
  const found = [...ofKeras3('', [], 0)];
  if (found.length > 0) return found;
  const layers = olderForm('');
  if (layers.length === 0) throw new Unreadable('it holds no weights of a Keras model');
  return layers;

  /** Below the group of a layer each weight has its name, of one or more parts: `conv/conv/kernel:0`. */
  function olderForm(root: string): KerasWeight[] {
    return members(root || '/', 0).flatMap(({ name, kind }) =>
      kind === 'group' && name !== 'optimizer_weights' ? named(name, below(`${root}/${name}`, '', 1)) : [],
    );
  }

  /** A layer's weights under its name: where TensorFlow's graph already had that name, with a number (`conv_1/kernel`). */
  function named(layer: string, weights: KerasWeight[]): KerasWeight[] {
    const outer = `${model}/${layer}/`;
    if (model !== undefined && weights.length > 0 && weights.every(({ name }) => name.startsWith(outer)))
      return weights.map(({ path, name }) => ({ path, name: name.slice(model.length + 1) }));
    const scopes = new Set(weights.map(({ name }) => name.slice(0, Math.max(name.lastIndexOf('/'), 0))));
    const [scope = ''] = scopes;
    const isNumbered =
      scopes.size === 1 && scope.startsWith(`${layer}_`) && /^\d+$/.test(scope.slice(layer.length + 1));
    if (!isNumbered) return weights;
    return weights.map(({ path, name }) => ({ path, name: `${layer}${name.slice(scope.length)}` }));
  }

  function below(path: string, within: string, depth: number): KerasWeight[] {
    return members(path, depth).flatMap(({ name, kind }) =>
      kind === 'group'
        ? below(`${path}/${name}`, `${within}${name}/`, depth + 1)
        : [{ path: `${path}/${name}`, name: within + name.replace(/:\d+$/, '') }],
    );
  }

  /** A group with `vars` is a layer, whose name they may state. */
  function* ofKeras3(path: string, names: readonly string[], depth: number): Generator<KerasWeight> {
    const inside = members(path || '/', depth);
    const isLayer = inside.some(({ name, kind }) => name === 'vars' && kind === 'group');
    const group = path.slice(path.lastIndexOf('/') + 1);
    const own = isLayer ? (file.text(`${path}/vars`, 'name') ?? group) : undefined;
    // the name of the whole model is not part of its layers' names
    const here = own === undefined || path === '' ? names : [...names, own];
    for (const { name, kind } of inside) {
      if (kind !== 'group' || name === 'optimizer') continue;
      if (name === 'vars') yield* varsOf(`${path}/vars`, here.join('/'), group.replace(/_\d+$/, ''));
      else yield* ofKeras3(`${path}/${name}`, here, depth + 1);
    }
  }

  function varsOf(path: string, layer: string, className: string): KerasWeight[] {
    const stored = members(path, 0)
      .filter(({ name, kind }) => kind === 'dataset' && /^\d+$/.test(name))
      .sort((a, b) => Number(a.name) - Number(b.name));
    const all = Object.hasOwn(variables, className) ? (variables[className] ?? []) : [];
    // a norm without scale has no gamma: its variables are the last ones
    const named = className === 'batch_normalization' ? all.slice(all.length - stored.length) : all;
    return stored.map(({ name }, i) => ({ path: `${path}/${name}`, name: `${layer}/${named[i] ?? name}` }));
  }
}
