import type { CompileOptions } from '../compile.ts';
import type { Spec } from '../node/open-spec.ts';
import { flag, list, number, text } from './arguments.ts';
import { askedPreprocessing } from './asked-preprocessing.ts';
import type { Arguments } from './command.ts';
import { askedConvention } from './convention-option.ts';
import { usageError } from './io.ts';

/** A point of a family that the command line names apart from the options: a variant or a phi. */
export interface NamedPoint {
  readonly variant?: string;
  readonly phi?: number;
}

/** The network that the options ask for. */
export function scalingRequest(args: Arguments, spec: Spec, point: NamedPoint = namedPoint(args)): CompileOptions {
  const command = args.command.name;
  if (flag(args, 'formula') && flag(args, 'published')) {
    throw usageError('--formula and --published cannot be combined', command);
  }
  const { variant, phi } = point;
  if (variant !== undefined && phi !== undefined) throw usageError('--variant and --phi cannot be combined', command);
  if (variant !== undefined && flag(args, 'formula')) {
    throw usageError('--formula needs --phi: a variant is a published row', command);
  }
  const rule = flag(args, 'formula') ? 'formula' : flag(args, 'published') ? 'published' : undefined;
  const model = text(args, 'model') ?? spec.model;
  const set = assignments(args);
  const numbers = (['d', 'w', 'r'] as const).flatMap((name) => {
    const value = number(args, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const resolution = resolutionOf(args);
  const preprocessing = askedPreprocessing(args);
  return {
    ...(variant !== undefined && { variant }),
    ...(phi !== undefined && { phi }),
    ...(resolution !== undefined && { resolution }),
    ...(rule && { rule }),
    ...Object.fromEntries(numbers),
    ...(set && { set }),
    ...(preprocessing && { preprocessing }),
    ...askedConvention(args),
    ...(model !== undefined && { model }),
  };
}

/** Height and width of the pictures, where they are given. */
export function askedSize(args: Arguments): readonly [height: number, width: number] | undefined {
  const resolution = resolutionOf(args);
  return typeof resolution === 'number' ? [resolution, resolution] : resolution;
}

/** `224`, or `224x320`: height and width. */
function resolutionOf(args: Arguments): CompileOptions['resolution'] {
  const [height = '', width = height] = text(args, 'resolution')?.split(/[x×]/i) ?? [];
  if (height === '') return undefined;
  return height === width ? Number(height) : [Number(height), Number(width)];
}

function namedPoint(args: Arguments): NamedPoint {
  const variant = text(args, 'variant');
  const phi = number(args, 'phi');
  return { ...(variant !== undefined && { variant }), ...(phi !== undefined && { phi }) };
}

function assignments(args: Arguments): Record<string, string> | undefined {
  const pairs = list(args, 'set').map((assignment) => {
    const equals = assignment.indexOf('=');
    return [assignment.slice(0, equals), assignment.slice(equals + 1)] as const;
  });
  const names = new Set<string>();
  for (const [name] of pairs) {
    if (names.has(name)) throw usageError(`--set ${name} is given twice`, args.command.name);
    names.add(name);
  }
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}
