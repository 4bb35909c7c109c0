import { type EngineName, engineNames, engines } from '../../bench/engines.ts';
import { flag, text } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { usageError } from '../io.ts';
import { nouns, type Side } from './sides.ts';

/** An engine, or the best backend of TensorFlow.js that works here. */
export type ChosenEngine = EngineName | 'auto';

/**
 * The engine that is asked for, or the usual one: ONNX Runtime, for a TensorFlow Lite file its interpreter, for a TensorFlow.js model
 * the best backend, on a device what every
 * browser has. @throws a usage error where it does not take the models, or does not take an option
 */
export function chooseEngine(sides: readonly Side[], args: Arguments): ChosenEngine {
  const onDevice = flag(args, 'device');
  const isTfjs = sides.some(({ kind }) => kind === 'tfjs');
  const isTflite = sides.some(({ kind }) => kind === 'tflite');
  const others = onDevice ? 'ort-wasm' : isTflite ? 'tflite' : 'onnxruntime';
  const usual = isTfjs ? (onDevice ? 'tfjs-webgl' : 'auto') : others;
  const name = (text(args, 'engine') as EngineName | undefined) ?? usual;
  const { where, takes, threads } = name === 'auto' ? engines.cpu : engines[name];
  const file = sides.find(({ kind }) => kind !== 'spec');
  if (file && file.kind !== 'spec' && file.kind !== takes) {
    const others = engineNames.filter((n) => engines[n].takes === file.kind);
    throw usageError(`'${file.spec}' is ${nouns[file.kind]}: --engine ${others.join(', ')}`, 'bench');
  }
  if (onDevice && where === 'here') {
    const others = engineNames.filter((n) => engines[n].where === 'page');
    throw usageError(`--device measures in a browser: --engine ${others.join(', ')}`, 'bench');
  }
  const untaken = [
    ...(onDevice ? ['chromium'] : ['host', 'port']),
    ...(where === 'here' ? ['chromium'] : []),
    ...(threads ? [] : ['threads']),
    ...(name === 'onnxruntime' ? [] : ['profile']),
  ].find((option) => flag(args, option));
  if (untaken !== undefined) throw usageError(`${takenBy[untaken]}`, 'bench');
  return name;
}

const takenBy: Readonly<Record<string, string>> = {
  chromium: '--chromium is for the engines of a browser on this machine (ort-..., tfjs-...)',
  host: '--host is for --device',
  port: '--port is for --device',
  threads: '--threads is for the engines onnxruntime, tflite, ort-wasm and tfjs-wasm',
  profile: '--profile is for the engine onnxruntime',
};
