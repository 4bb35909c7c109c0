import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ModelForm } from '../../bench/engines.ts';
import { statOf } from '../../node/file-stat.ts';
import { flag, text } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';
import { classes, outputs, scalingOptions } from '../options.ts';
import { parseSpecPoint, type SpecPoint } from '../spec-point.ts';

/** A model of the command line: a spec at a point, or a file of some format. */
export interface Side extends SpecPoint {
  readonly kind: 'spec' | ModelForm;
  /** Of a TensorFlow.js model: its model.json, as the user calls it. */
  readonly modelJson?: string;
}

/** What messages call a file. */
export const nouns: Readonly<Record<ModelForm, string>> = {
  onnx: 'an ONNX file',
  tfjs: 'a TensorFlow.js model',
  tflite: 'a TensorFlow Lite file',
};

/** The model, and the one that it is compared with. @throws a usage error for options that nothing takes */
export function sidesOf(args: Arguments, io: Io): readonly Side[] {
  const [operand] = args.operands;
  const first: SpecPoint = operand === undefined ? { spec: undefined } : parseSpecPoint(operand);
  const compared = text(args, 'compare');
  const points = [first];
  if (compared !== undefined) {
    const other = parseSpecPoint(compared);
    points.push({ ...other, spec: other.spec ?? first.spec });
  }
  const sides = points.map((point): Side => ({ ...point, ...formOf(point, io) }));
  refuseUntaken(sides, args);
  if (sides.length === 2 && sides.every(({ spec }) => spec === '-')) {
    throw usageError('standard input can be only one side', 'bench');
  }
  return sides;
}

function formOf({ spec }: SpecPoint, { cwd }: Io): Pick<Side, 'kind' | 'modelJson'> {
  if (spec === undefined || spec === '-') return { kind: 'spec' };
  if (/\.onnx$/i.test(spec)) return { kind: 'onnx' };
  if (/\.tflite$/i.test(spec)) return { kind: 'tflite' };
  if (/\.json$/i.test(spec)) return { kind: 'tfjs', modelJson: spec };
  const path = resolve(cwd, spec);
  const isModelFolder = statOf(path)?.isDirectory() && existsSync(join(path, 'model.json'));
  return isModelFolder ? { kind: 'tfjs', modelJson: join(spec, 'model.json') } : { kind: 'spec' };
}

function refuseUntaken(sides: readonly Side[], args: Arguments): void {
  const files = sides.flatMap((side) => (side.kind === 'spec' ? [] : [{ ...side, noun: nouns[side.kind] }]));
  const ofSpec = [...scalingOptions, classes, outputs].find(({ name }) => flag(args, name));
  if (ofSpec && files.length === sides.length) {
    throw usageError(`--${ofSpec.name} is for a spec: ${files[0]?.noun} is run as it is`, 'bench');
  }
  const point = ['variant', 'phi'].find((name) => flag(args, name));
  if (point !== undefined && sides.every((side) => side.point || side.kind !== 'spec')) {
    throw usageError(`--${point} and a point after @ cannot be combined`, 'bench');
  }
  const pointed = files.find((side) => side.point);
  if (pointed) throw usageError(`'${pointed.spec}' is ${pointed.noun} and has no points`, 'bench');
  const kinds = new Set(files.map(({ noun }) => noun));
  if (kinds.size === 2) {
    const [one, other] = [...kinds].sort();
    throw usageError(`${one} and ${other} run in different engines: compare specs instead`, 'bench');
  }
}
