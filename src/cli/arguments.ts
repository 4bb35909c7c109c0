import { parseArgs } from 'node:util';
import { nearestNames } from '../diagnostics/nearest.ts';
import type { Command } from './commands.ts';
import { usageError } from './io.ts';
import { globalOptions, type Option, retiredOptions } from './options.ts';

/** So much of what is not understood is shown. */
const longestShown = 60;

/** What stands on a command line after the command, checked against the command's options. */
export interface Arguments {
  readonly command: Command;
  readonly operands: readonly string[];
  /** By option name, in order; `''` for a flag. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Whether a flag is set. */
export function flag(args: Arguments, name: string): boolean {
  return args.values.has(name);
}

/** The value of an option that takes one. */
export function text(args: Arguments, name: string): string | undefined {
  return args.values.get(name)?.at(-1);
}

/** All values of an option that may be repeated. */
export function list(args: Arguments, name: string): readonly string[] {
  return args.values.get(name) ?? [];
}

/** The value of an option that takes a number; parsing has made sure that it is one. */
export function number(args: Arguments, name: string): number | undefined {
  const value = text(args, name);
  return value === undefined ? undefined : Number(value);
}

/** Parses what stands after a command's name. Throws a usage error for what the command does not take. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = [...command.options, ...globalOptions];
  const byName = new Map(options.map((option) => [option.name, option]));
  const config = Object.fromEntries(
    options.map((o) => [
      o.name,
      { type: o.value === undefined ? ('boolean' as const) : ('string' as const), ...(o.short && { short: o.short }) },
    ]),
  );
  // Not strict: a strict parser refuses the value of `--phi -1`. What it would have refused is checked here.
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = byName.get(token.name);
    if (!option) throw unknownOption(command, options, token.rawName);
    const value = optionValue(command, option, token);
    const given = values.get(option.name);
    if (given && !option.repeatable && option.value !== undefined) {
      throw usageError(`${token.rawName} is given twice`, command.name);
    }
    if (given) given.push(value);
    else values.set(option.name, [value]);
  }
  // Whoever asks for help gets it, whatever else stands there.
  if (operands.length > command.maxOperands && !values.has('help')) {
    throw usageError(`unexpected '${shorten(operands[command.maxOperands] as string)}'`, command.name);
  }
  return { command, operands, values };
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionValue(command: Command, option: Option, token: OptionToken): string {
  const { rawName, value } = token;
  if (option.value === undefined) {
    if (token.inlineValue) throw usageError(`${rawName} takes no value`, command.name);
    return '';
  }
  const looksLikeOption =
    value !== undefined && !token.inlineValue && /^-[^\d.]/.test(value) && !/^-(inf|nan)/i.test(value);
  if (value === undefined || looksLikeOption)
    throw usageError(`${rawName} needs a value: ${rawName} ${option.value}`, command.name);
  const problem = problemWith(option, value);
  if (problem) throw usageError(`${rawName} ${problem}, not '${shorten(value)}'`, command.name);
  return value;
}

function problemWith(option: Option, value: string): string | undefined {
  const words = option.choices ?? [];
  if (words.includes(value)) return undefined;
  const orWords = words.length > 0 ? ` or ${words.join(' or ')}` : '';
  const { least = option.kind === 'positive' ? 1 : undefined, most } = option;
  const from = least === undefined ? '' : ` from ${least}`;
  const to = most === undefined ? '' : ` to ${most}`;
  const within = (number: number) => number >= (least ?? -Infinity) && number <= (most ?? Infinity);
  switch (option.kind) {
    case 'number':
      return isNumber(value) && within(Number(value)) ? undefined : `takes a number${from}${to}${orWords}`;
    case 'integer':
    case 'positive': {
      const isWhole = /^[+-]?\d{1,15}$/.test(value);
      return isWhole && within(Number(value)) ? undefined : `takes a whole number${from}${to}${orWords}`;
    }
    case 'size':
      return /^[+-]?\d{1,15}([x×]\d{1,15})?$/i.test(value) ? undefined : 'takes a size such as 224 or 224x320';
    case 'convention':
      return /^(tf|torch)\(.*\)$/s.test(value) ? undefined : `takes ${words.join(' or ')}`;
    case 'assignment':
      return /^[^=\s]+=/.test(value) ? undefined : 'takes NAME=VALUE';
    default:
      return words.length > 0 ? `takes ${words.join(' or ')}` : value === '' ? 'takes a value' : undefined;
  }
}

/** A finite decimal number; no hexadecimal, no `NaN`, nothing empty. */
function isNumber(value: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value));
}

/** What options of other programs are called here. */
const otherNames: Readonly<Record<string, string>> = {
  lr: 'rate',
  'learning-rate': 'rate',
  bs: 'batch',
  'batch-size': 'batch',
  'mini-batch': 'batch',
  epoch: 'epochs',
  'num-epochs': 'epochs',
  optimizer: 'optimiser',
  opt: 'optimiser',
  wd: 'weight-decay',
  'num-classes': 'classes',
  'num-workers': 'workers',
  threads: 'workers',
  'img-size': 'resolution',
  'image-size': 'resolution',
  'input-size': 'resolution',
  imgsz: 'resolution',
  size: 'resolution',
  device: 'backend',
  dataset: 'data',
  'data-dir': 'data',
  checkpoint: 'weights',
  pretrained: 'weights',
  'weight-map': 'weights-map',
  out: 'output',
  outfile: 'output',
  'output-dir': 'out',
  'out-dir': 'out',
  output: 'out',
  fp16: 'half',
  dtype: 'half',
  'opset-version': 'opset',
  config: 'set',
  width: 'w',
  depth: 'd',
  yes: 'force',
  overwrite: 'force',
  silent: 'quiet',
  'dry-run': 'check',
};

function unknownOption(command: Command, options: readonly Option[], rawName: string): Error {
  const advice = command.name === 'compile' && Object.hasOwn(retiredOptions, rawName) && retiredOptions[rawName];
  if (advice) return usageError(`${rawName} is gone: ${advice}`, command.name);
  const near = nearestOption(rawName.replace(/^-+/, ''), options);
  const hint = near === undefined ? '' : `; did you mean '--${near}'?`;
  return usageError(`${command.name} has no option ${shorten(rawName)}${hint}`, command.name);
}

/** The option that a name means: as it is called elsewhere, or but for a slip. An option of one letter is a slip for none. */
function nearestOption(name: string, options: readonly Option[]): string | undefined {
  const names = options.map((option) => option.name);
  const other = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
  if (other !== undefined && names.includes(other)) return other;
  return nearestNames(
    name,
    names.filter((candidate) => candidate.length > 1),
  )[0];
}

function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
}
