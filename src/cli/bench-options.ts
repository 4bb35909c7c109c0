import { engineNames } from '../bench/engines.ts';
import { between, file, type Option, oneOf, option, positive } from './option.ts';
import { classes, force, json, outputs, scalingOptions, weightOptions } from './options.ts';

/** The options of `enetc bench`. */
export const benchOptions: readonly Option[] = [
  option(
    'compare OTHER',
    'also measure another spec, point of the same spec (@b1) or file, in alternation, pair by pair',
    { completes: 'spec' },
  ),
  option(
    'precisions',
    'a spec in float32, half and int8, in alternation, in onnxruntime and tflite if installed, or in --engine',
  ),
  option(
    'judge PATH',
    'with --precisions: pictures. Every second one sets ranges; on the others, answers are compared with float32',
    { repeatable: true, completes: 'file' },
  ),
  ...weightOptions
    .filter(({ name }) => name !== 'seed')
    .map((option) =>
      option.name === 'weights' ? { ...option, description: 'with --precisions: weights from a file' } : option,
    ),
  option(
    'engine NAME',
    'what runs it; onnxruntime by default, the best backend for a TensorFlow.js model. cuda to cpu are TensorFlow.js backends here; ort-... and tfjs-... run in a browser',
    oneOf(engineNames),
  ),
  option('device', 'serve a page and measure in the browser that opens it; ort-wasm by default'),
  option('host ADDRESS', 'with --device: the address of this machine to serve the page on; 127.0.0.1 by default'),
  option('port N', 'with --device: the port; any free one by default', positive(65_535)),
  option(
    'chromium PATH',
    "the browser for ort-... and tfjs-...; $CHROMIUM, or this machine's Chromium or Chrome by default",
    file,
  ),
  option('profile', "also show the time of each stage of a spec and of each operator, by ONNX Runtime's profiler"),
  option(
    'table',
    'measure the blocks of a space of networks and write a table that predicts the latency of each network',
  ),
  option(
    'calibrate FILE',
    'with --table: derive it from the table of another machine, and measure only whole networks',
    { repeatable: true, completes: 'file' },
  ),
  option(
    'networks N',
    'with --table: the most networks to measure; by default as many as needed, with --calibrate 10',
    positive(1_000_000),
  ),
  option('output FILE', 'with --table: the file to write', { short: 'o', completes: 'file' }),
  { ...force, description: 'overwrite a file' },
  option('threads N', 'threads per operator; 1 by default', positive(1024)),
  option('batch N', 'samples per run; 1 by default', positive(4096)),
  option(
    'seconds N',
    'how long to measure, with at least 48 runs; 5 by default, 1 for each network of --table',
    between(0, 86_400),
  ),
  option('seed N', 'seed for inputs and initialised weights; 0 by default', { kind: 'integer' }),
  ...scalingOptions,
  classes,
  outputs,
  json,
];
