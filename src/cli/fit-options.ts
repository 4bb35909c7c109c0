import { lineNames } from '../search/fit/line-names.ts';
import type { Option } from './option.ts';
import { json, scalingOptions } from './options.ts';

/** The phi is what `fit` looks for. */
const lookedFor: ReadonlySet<string> = new Set(['phi', 'formula', 'published']);

/** How `--latency` measures. */
const measuring: readonly Option[] = [
  {
    name: 'threads',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'with --latency: threads per operator; 1 by default',
  },
  {
    name: 'batch',
    value: 'N',
    kind: 'positive',
    most: 4096,
    description: 'with --latency: samples per run; 1 by default',
  },
  {
    name: 'seconds',
    value: 'N',
    kind: 'number',
    least: 0,
    most: 86_400,
    description: 'with --latency: how long to measure each network, with at least 48 runs; 1 by default',
  },
];

export const fitOptions: readonly Option[] = [
  { name: 'macs', value: 'N', kind: 'count', description: 'at most this many multiply-accumulates: 400M, 1.8G' },
  { name: 'params', value: 'N', kind: 'count', description: 'at most this many parameters: 5M' },
  { name: 'activations', value: 'N', kind: 'count', description: 'at most this many elements written by all nodes' },
  {
    name: 'memory',
    value: 'BYTES',
    kind: 'bytes',
    description: 'at most this much activation memory at once, for one image in float32: 4MB, 4MiB',
  },
  { name: 'file', value: 'BYTES', kind: 'bytes', description: 'an ONNX file no larger than this: 16MB, 16MiB' },
  {
    name: 'latency',
    value: 'TIME',
    kind: 'time',
    description:
      'at most this median latency, measured network by network in ONNX Runtime on this CPU (npm install onnxruntime-node): 20ms',
  },
  ...measuring,
  { name: 'along', value: 'LINE', choices: lineNames, description: 'how the network grows' },
  {
    name: 'fill',
    description: 'then raise d, w and r one by one while the network fits, to use what is left of the budgets',
  },
  ...scalingOptions.filter(({ name }) => !lookedFor.has(name)),
  json,
];
