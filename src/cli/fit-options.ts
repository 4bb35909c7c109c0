import { lineNames } from '../search/fit/line-names.ts';
import { between, type Option, oneOf, option, positive } from './option.ts';
import { json, scalingOptions } from './options.ts';

/** The phi is what `fit` looks for. */
const lookedFor: ReadonlySet<string> = new Set(['phi', 'formula', 'published']);

/** How `--latency` measures. */
const measuring: readonly Option[] = [
  option('threads N', 'with --latency: threads per operator; 1 by default', positive(1024)),
  option('batch N', 'with --latency: samples per run; 1 by default', positive(4096)),
  option(
    'seconds N',
    'with --latency: how long to measure each network, with at least 48 runs; 1 by default',
    between(0, 86_400),
  ),
];

export const fitOptions: readonly Option[] = [
  option('macs N', 'at most this many multiply-accumulates: 400M, 1.8G', { kind: 'count' }),
  option('params N', 'at most this many parameters: 5M', { kind: 'count' }),
  option('activations N', 'at most this many elements written by all nodes', { kind: 'count' }),
  option('memory BYTES', 'at most this much activation memory at once, for one image in float32: 4MB, 4MiB', {
    kind: 'bytes',
  }),
  option('file BYTES', 'an ONNX file no larger than this: 16MB, 16MiB', { kind: 'bytes' }),
  option(
    'latency TIME',
    'at most this median latency, measured network by network in ONNX Runtime on this CPU (npm install onnxruntime-node): 20ms',
    { kind: 'time' },
  ),
  ...measuring,
  option('along LINE', 'how the network grows', oneOf(lineNames)),
  option('fill', 'then raise d, w and r one by one while the network fits, to use what is left of the budgets'),
  ...scalingOptions.filter(({ name }) => !lookedFor.has(name)),
  json,
];
