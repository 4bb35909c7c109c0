import { engineNames } from '../bench/engines.ts';
import type { Option } from './option.ts';
import { classes, force, json, outputs, scalingOptions, weightOptions } from './options.ts';

/** The options of `enetc bench`. */
export const benchOptions: readonly Option[] = [
  {
    name: 'compare',
    value: 'OTHER',
    description: 'measure another spec, point of the same spec (@b1) or file in turns with it, pair by pair',
    completes: 'spec',
  },
  {
    name: 'precisions',
    description:
      'a spec in float32, half and int8, in turns, in each of onnxruntime and tflite that there is, or in that of --engine',
  },
  {
    name: 'judge',
    value: 'PATH',
    repeatable: true,
    completes: 'file',
    description:
      'with --precisions: pictures. Ranges are of every second one; on the others answers are compared with float32',
  },
  ...weightOptions
    .filter(({ name }) => name !== 'seed')
    .map((option) =>
      option.name === 'weights' ? { ...option, description: 'with --precisions: the weights of a file' } : option,
    ),
  {
    name: 'engine',
    value: 'NAME',
    choices: engineNames,
    description:
      'what runs it; onnxruntime by default, for a TensorFlow.js model the best backend. cuda to cpu are backends of TensorFlow.js here, ort-... and tfjs-... run in a browser',
  },
  {
    name: 'device',
    description: 'serve a page, and measure in the browser that opens it; ort-wasm by default',
  },
  {
    name: 'host',
    value: 'ADDRESS',
    description: 'of --device: the address of this machine to serve the page on; 127.0.0.1 by default',
  },
  {
    name: 'port',
    value: 'N',
    kind: 'positive',
    most: 65_535,
    description: 'of --device: the port; any that is free by default',
  },
  {
    name: 'chromium',
    value: 'PATH',
    completes: 'file',
    description: "the browser of ort-... and tfjs-...; $CHROMIUM, or this machine's Chromium or Chrome by default",
  },
  {
    name: 'profile',
    description: "the time of each stage of a spec and of each operator too, by ONNX Runtime's profiler",
  },
  {
    name: 'table',
    description:
      'measure the blocks of a space of networks, and write a table from which the latency of each network follows',
  },
  {
    name: 'calibrate',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    description: 'of --table: make it from the table of another machine, and measure whole networks alone',
  },
  {
    name: 'networks',
    value: 'N',
    kind: 'positive',
    most: 1_000_000,
    description: 'of --table: the most networks to measure; as many as it takes by default, with --calibrate 10',
  },
  { name: 'output', short: 'o', value: 'FILE', completes: 'file', description: 'of --table: the file to write' },
  { ...force, description: 'overwrite a file' },
  {
    name: 'threads',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'threads of an operator; 1 by default',
  },
  { name: 'batch', value: 'N', kind: 'positive', most: 4096, description: 'samples a run; 1 by default' },
  {
    name: 'seconds',
    value: 'N',
    kind: 'number',
    least: 0,
    most: 86_400,
    description: 'how long to measure, but 48 runs at least; 5 by default, 1 for each network of --table',
  },
  {
    name: 'seed',
    value: 'N',
    kind: 'integer',
    description: 'seed of inputs and initialised weights; 0 by default',
  },
  ...scalingOptions,
  classes,
  outputs,
  json,
];
