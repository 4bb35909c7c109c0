import { type EmitOptions, emit, type PassOptions } from '../6-emit/emit.ts';
import type { EmitResult, OpenSink } from '../6-emit/target.ts';
import type { TargetEntry, TargetOption } from '../6-emit/target-entry.ts';
import { targets } from '../6-emit/targets.ts';
import type { Compilation } from '../compile.ts';
import type { PlanOptions } from '../pipeline/plan.ts';
import { flag, text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { type Io, usageError } from './io.ts';
import { planOptions, planOrFail } from './plan-options.ts';
import { planningOptions } from './planning-options.ts';
import { optionName, passOptions, targetLabel, wordsOf } from './target-options.ts';

/** What `compile` is to write, by the command line. */
export interface ChosenTarget {
  readonly entry: TargetEntry;
  /** What it is asked of the passes before it. */
  readonly passes: PassOptions;
  emit(compilation: Compilation, open: OpenSink, options: EmitOptions): EmitResult;
}

/**
 * The target that the command line asks for, with its options; the others are not loaded, so that each starts fast.
 * @throws a usage error for options that it does not take
 */
export async function chooseTarget(args: Arguments, io: Io): Promise<ChosenTarget> {
  const entry = chooseEntry(args);
  refuseOthers(args, entry);
  const given = optionsOf(args, entry);
  const planning = planningOf(args, io, entry);
  const target = await entry.load();
  const settings = { ...target.defaults, ...given };
  const passes: PassOptions = {
    fold: !flag(args, 'no-fold'),
    merge: !flag(args, 'no-merge'),
    half: flag(args, 'half'),
  };
  return {
    entry,
    passes,
    emit: (compilation, open, options) => {
      const plan = planning && compilation.graph && { pipeline: planOrFail(compilation.graph, planning) };
      return emit(compilation, target, { ...settings, ...plan }, open, { ...passes, ...options });
    },
  };
}

/** The entry that `--target` and the flags of its forms ask for. */
function chooseEntry(args: Arguments): TargetEntry {
  const name = text(args, 'target') ?? targets[0]?.name;
  const asked = targets.filter((entry) => entry.flag !== undefined && flag(args, entry.flag));
  const foreign = asked.find((entry) => entry.name !== name);
  if (foreign) throw usageError(`--${foreign.flag} belongs to --target ${foreign.name}, not to ${name}`, 'compile');
  if (asked.length > 1) {
    throw usageError(`${asked.map((entry) => `--${entry.flag}`).join(' and ')} cannot be combined`, 'compile');
  }
  return asked[0] ?? (targets.find((entry) => entry.name === name) as TargetEntry);
}

/** Throws for an option of other targets, and for one of a pass that is of no use to this one. */
function refuseOthers(args: Arguments, entry: TargetEntry): void {
  for (const name of new Set(targets.flatMap(namesOf))) {
    if (!flag(args, name) || namesOf(entry).includes(name)) continue;
    if (entry.plans !== undefined && planningOptions.some((option) => option.name === name)) continue;
    throw misplaced(name, entry, (other) => namesOf(other).includes(name));
  }
  for (const { name, isFor, why } of passOptions) {
    if (flag(args, name) && !isFor(entry)) throw misplaced(name, entry, isFor, why);
  }
}

/** What is asked of the plan of a pipeline, for a target that writes one; undefined where none is asked for. */
function planningOf(args: Arguments, io: Io, entry: TargetEntry): PlanOptions | undefined {
  const asked = planningOptions.find(({ name }) => flag(args, name) && (entry.plans !== undefined || name !== 'batch'));
  if (!asked) return undefined;
  const { name } = asked;
  if (entry.plans === undefined) throw misplaced(name, entry, (other) => other.plans !== undefined);
  const needed = optionName(entry.plans);
  if (!flag(args, needed)) throw usageError(`--${name} needs --${needed}, which runs the plan`, 'compile');
  return planOptions(args, io, 'compile');
}

/** @param takes whether another target takes the option. */
function misplaced(name: string, entry: TargetEntry, takes: (other: TargetEntry) => boolean, why = ''): Error {
  const takers = targets.filter(takes);
  const forms = takers.filter((other) => other.name === entry.name);
  if (forms.length > 0) return usageError(`--${name} needs ${forms.map(asked).join(' or ')}${why}`, 'compile');
  const names = [...new Set(takers.map((other) => other.name))];
  return usageError(
    `--${name} belongs to --target ${names.join(' or ')}, not to ${targetLabel(entry)}${why}`,
    'compile',
  );
}

/** `--graph with --target tfjs` */
function asked({ name, flag }: TargetEntry): string {
  return flag === undefined ? `--target ${name} without another form` : `--${flag} with --target ${name}`;
}

function namesOf({ options }: TargetEntry): string[] {
  return Object.keys(options).map(optionName);
}

/** What the command line gives for the options of a target, by their names there. */
function optionsOf(args: Arguments, entry: TargetEntry): object {
  const given: Record<string, string | number | boolean> = {};
  for (const [property, option] of Object.entries(entry.options) as [string, TargetOption][]) {
    const name = optionName(property);
    if (!flag(args, name)) continue;
    const value = text(args, name) as string;
    const words = wordsOf(option);
    if (option.kind === 'flag') given[property] = true;
    else if (words.includes(value)) given[property] = value;
    else if (option.kind === 'number' && /^\+?\d+$/.test(value)) given[property] = Number(value);
    else
      throw usageError(`--${name} takes ${words.join(' or ')} with --target ${entry.name}, not '${value}'`, 'compile');
  }
  return given;
}
