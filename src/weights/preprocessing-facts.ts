import { channelOrders, interpolations, type Preprocessing } from '../4-scale/preprocessing.ts';
import { defaultCropShare, smallSide } from '../5-graph/crop-share.ts';
import type { Graph, GraphNode, Shape } from '../5-graph/graph.ts';
import { isObject } from './is-object.ts';

/**
 * What belongs to a network's weights but not in a tensor: how pictures become its input, and the names of its classes. Only this
 * module writes it as metadata into every file, and reads it back.
 */

/** Key and value. */
export type MetadataFact = readonly [key: string, value: string];

const labelsKey = 'enet.labels';

/**
 * Everything that a network's files state about its pictures and classes. @param layout of the file's inputs; files of
 * weights have none.
 */
export function networkFacts(graph: Graph, labels: readonly string[] | undefined, layout?: string): MetadataFact[] {
  return [
    ...graph.inputs.flatMap((id) => {
      const { op, shapes } = graph.nodes[id] as GraphNode;
      if (op.kind !== 'input') return [];
      return inputFacts(op.name, shapes[0] as Shape, graph.preprocessing[op.name], layout);
    }),
    ...labelFacts(labels),
  ];
}

/** The names of the classes alone. */
export function labelFacts(labels: readonly string[] | undefined): MetadataFact[] {
  return labels ? [[labelsKey, JSON.stringify(labels)]] : [];
}

/**
 * How a picture becomes an input: cut, resized, normalised, the order of its axes. In the way that `enetc eval` does it. @param
 * stated facts about the input's pictures.
 */
function inputFacts(name: string, shape: Shape, stated: Preprocessing | undefined, layout?: string): MetadataFact[] {
  const [channels, height, width] = shape;
  if (channels === undefined || height === undefined || width === undefined) return [];
  const fact = (key: string, value: string): MetadataFact => [`enet.input.${name}.${key}`, value];
  const colours = stated?.channelOrder === 'bgr' ? 'BGR' : 'RGB';
  const order = channels === 3 ? colours : channels === 1 ? 'gray' : undefined;
  const side = Math.min(height, width);
  const share = side <= smallSide ? 1 : defaultCropShare(side);
  const { mean, std, crop, interpolation = 'bicubic' } = stated ?? {};
  return [
    ...(layout === undefined ? [] : [fact('layout', layout)]),
    ...(order === undefined
      ? []
      : [
          fact('channels', order),
          fact('interpolation', interpolation),
          fact('crop', String(crop ?? share)),
          ...(crop === undefined ? [fact('small', 'whole')] : []),
        ]),
    ...(mean && std ? [fact('range', '0..1')] : []),
    ...(mean ? [fact('mean', JSON.stringify(mean))] : []),
    ...(std ? [fact('std', JSON.stringify(std))] : []),
  ];
}

/**
 * What a file states about its pictures: in our own keys, or in timm's `pretrained_cfg`. Undefined if it states nothing.
 */
export function statedPreprocessing(metadata: ReadonlyMap<string, string>): Preprocessing | undefined {
  return ofFacts(metadata) ?? ofTimm(timmConfig(metadata));
}

/** The same for one of several inputs, which our own keys name. */
export function statedOfInput(metadata: ReadonlyMap<string, string>, name: string): Preprocessing | undefined {
  return ofFacts(metadata, name);
}

/** The names of the classes that a file states. */
export function statedLabels(metadata: ReadonlyMap<string, string>): readonly string[] | undefined {
  const timm = timmConfig(metadata);
  const stated = [parsed(metadata.get(labelsKey)), timm?.label_names, cfgOf(timm)?.label_names];
  return stated.find((names): names is string[] => Array.isArray(names) && names.every((n) => typeof n === 'string'));
}

/** The metadata of a file that this module reads, unchanged: for copies in which tensors keep their names. */
export function statedFacts(metadata: ReadonlyMap<string, string>): MetadataFact[] {
  return [...metadata].filter(([key]) => key === labelsKey || key === timmConfigKey || key.startsWith('enet.input.'));
}

/** @param wanted the input; by default the first that has pictures */
function ofFacts(metadata: ReadonlyMap<string, string>, wanted?: string): Preprocessing | undefined {
  const keys = [...metadata.keys()].map((key) => /^enet\.input\.(.+)\.(?:crop|mean)$/.exec(key)?.[1]);
  const name = keys.find((input) => input !== undefined && (wanted === undefined || input === wanted));
  if (name === undefined) return undefined;
  const fact = (key: string) => metadata.get(`enet.input.${name}.${key}`);
  return stated({
    mean: parsed(fact('mean')),
    std: parsed(fact('std')),
    channelOrder: fact('channels')?.toLowerCase(),
    crop: fact('small') === 'whole' ? undefined : parsed(fact('crop')),
    interpolation: fact('interpolation'),
  });
}

/** The key under which a reader keeps the `config.json` that timm puts next to its weights. */
export const timmConfigKey = 'timm.config';

function timmConfig(metadata: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> | undefined {
  const config = parsed(metadata.get(timmConfigKey));
  return isObject(config) ? config : undefined;
}

function cfgOf(config: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> | undefined {
  const cfg = config?.pretrained_cfg;
  return isObject(cfg) ? cfg : undefined;
}

/** timm's names for it: timm/data/config.py. */
function ofTimm(config: Readonly<Record<string, unknown>> | undefined): Preprocessing | undefined {
  const cfg = cfgOf(config);
  return cfg && stated({ ...cfg, crop: cfg.crop_pct, channelOrder: 'rgb' });
}

/** The parts that are valid. */
function stated(found: Readonly<Record<string, unknown>>): Preprocessing {
  const { mean, std, crop } = found;
  const interpolation = interpolations.find((name) => name === found.interpolation);
  const channelOrder = channelOrders.find((name) => name === found.channelOrder);
  const isNumbers = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((n) => Number.isFinite(n));
  return {
    ...(isNumbers(mean) && { mean }),
    ...(isNumbers(std) && std.every((n) => n > 0) && { std }),
    ...(channelOrder && { channelOrder }),
    ...(typeof crop === 'number' && crop > 0 && crop <= 1 && { crop }),
    ...(interpolation && { interpolation }),
  };
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
