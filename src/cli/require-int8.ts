import type { TargetEntry } from '../6-emit/target-entry.ts';
import { flag, list, text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { usageError } from './io.ts';
import { quantisationOptions } from './quantisation-options.ts';
import { optionName } from './target-options.ts';

/** The options of targets that are of use with `--int8` alone, by their names there. */
const targetsOwn = ['int8Io'];

/** Where neither pictures nor weights tell ranges. */
export const lacksCalibration =
  "--int8 needs --calibrate: pictures that are like those it will see, or 'noise'; or weights of 'train --quantize', which have ranges";

/** Throws a usage error for options of `--int8` without it, and for what it cannot go with. */
export function requireInt8(args: Arguments, { name, types }: TargetEntry): void {
  if (!flag(args, 'int8')) {
    const names = [...quantisationOptions.map(({ name }) => name), ...targetsOwn.map(optionName)];
    const other = names.find((name) => flag(args, name));
    if (other !== undefined) throw usageError(`--${other} needs --int8`, 'compile');
    return;
  }
  if (flag(args, 'half')) throw usageError('--int8 and --half cannot be combined', 'compile');
  if (flag(args, 'no-fold')) throw usageError('--int8 folds norms: leave out --no-fold', 'compile');
  if (flag(args, 'tuned')) throw usageError('--int8 and --tuned cannot be combined', 'compile');
  if (list(args, 'calibrate').length === 0) {
    if (!flag(args, 'run') && !flag(args, 'weights')) throw usageError(lacksCalibration, 'compile');
    const other = quantisationOptions.find(({ name }) => flag(args, name));
    if (other) throw usageError(`--${other.name} needs --calibrate`, 'compile');
  }
  if (text(args, 'activation-bits') === '16' && !types.includes('int16')) {
    throw usageError(`--activation-bits 16 belongs to --target onnx, not to ${name}`, 'compile');
  }
  const opset = Number(text(args, 'opset') ?? 0);
  if (text(args, 'activation-bits') === '16' && opset < 21) {
    throw usageError('--activation-bits 16 needs --opset 21 or more', 'compile');
  }
}
