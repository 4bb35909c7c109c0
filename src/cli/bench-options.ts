import { engineNames } from '../bench/engines.ts';
import type { Option } from './option.ts';
import { classes, force, json, outputs, scalingOptions, weightOptions } from './options.ts';

/** The options of `enetc bench`. */
export const benchOptions: readonly Option[] = [
  {
    name: 'compare',
    value: 'OTHER',
    description: 'also measure another spec, point of the same spec (@b1) or file, in alternation, pair by pair',
    completes: 'spec',
  },
  {
    name: 'precisions',
    description:
      'a spec in float32, half and int8, in alternation, in onnxruntime and tflite if installed, or in --engine',
  },
  {
    name: 'judge',
    value: 'PATH',
    repeatable: true,
    completes: 'file',
    description:
      'with --precisions: pictures. Every second one sets ranges; on the others, answers are compared with float32',
  },
  ...weightOptions
    .filter(({ name }) => name !== 'seed')
    .map((option) =>
      option.name === 'weights' ? { ...option, description: 'with --precisions: weights from a file' } : option,
    ),
  {
    name: 'engine',
    value: 'NAME',
    choices: engineNames,
    description:
      'what runs it; onnxruntime by default, the best backend for a TensorFlow.js model. cuda to cpu are TensorFlow.js backends here; ort-... and tfjs-... run in a browser',
  },
  {
    name: 'device',
    description: 'serve a page and measure in the browser that opens it; ort-wasm by default',
  },
  {
    name: 'host',
    value: 'ADDRESS',
    description: 'with --device: the address of this machine to serve the page on; 127.0.0.1 by default',
  },
  {
    name: 'port',
    value: 'N',
    kind: 'positive',
    most: 65_535,
    description: 'with --device: the port; any free one by default',
  },
  {
    name: 'chromium',
    value: 'PATH',
    completes: 'file',
    description: "the browser for ort-... and tfjs-...; $CHROMIUM, or this machine's Chromium or Chrome by default",
  },
  {
    name: 'profile',
    description: "also show the time of each stage of a spec and of each operator, by ONNX Runtime's profiler",
  },
  {
    name: 'table',
    description:
      'measure the blocks of a space of networks and write a table that predicts the latency of each network',
  },
  {
    name: 'calibrate',
    value: 'FILE',
    repeatable: true,
    completes: 'file',
    description: 'with --table: derive it from the table of another machine, and measure only whole networks',
  },
  {
    name: 'networks',
    value: 'N',
    kind: 'positive',
    most: 1_000_000,
    description: 'with --table: the most networks to measure; by default as many as needed, with --calibrate 10',
  },
  { name: 'output', short: 'o', value: 'FILE', completes: 'file', description: 'with --table: the file to write' },
  { ...force, description: 'overwrite a file' },
  {
    name: 'threads',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'threads per operator; 1 by default',
  },
  { name: 'batch', value: 'N', kind: 'positive', most: 4096, description: 'samples per run; 1 by default' },
  {
    name: 'seconds',
    value: 'N',
    kind: 'number',
    least: 0,
    most: 86_400,
    description: 'how long to measure, with at least 48 runs; 5 by default, 1 for each network of --table',
  },
  {
    name: 'seed',
    value: 'N',
    kind: 'integer',
    description: 'seed for inputs and initialised weights; 0 by default',
  },
  ...scalingOptions,
  classes,
  outputs,
  json,
];
