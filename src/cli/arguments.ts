import { parseArgs } from 'node:util';
import { nearestNames } from '../diagnostics/nearest.ts';
import { parseBytes, parseCount, parseTime } from '../report/parse-quantity.ts';
import type { Arguments, Command } from './command.ts';
import { usageError } from './io.ts';
import type { Option } from './option.ts';
import { optionsOf, retiredOptions } from './options.ts';

/** How much of what is not understood is shown. */
const longestShown = 60;

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
  const options = optionsOf(command);
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
  // Whoever asks for help gets it, whatever else is on the line.
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
    case 'numbers':
      return value.split(',').every(isNumber) ? undefined : 'takes numbers such as 0.5 or 0.485,0.456,0.406';
    case 'integer':
    case 'positive': {
      const isWhole = /^[+-]?\d{1,15}$/.test(value);
      return isWhole && within(Number(value)) ? undefined : `takes a whole number${from}${to}${orWords}`;
    }
    case 'count':
      return parseCount(value) ? undefined : 'takes a number above 0, such as 400M or 1.8G';
    case 'bytes':
      return parseBytes(value) ? undefined : 'takes a number of bytes, such as 16MB or 64MiB';
    case 'time':
      return parseTime(value) ? undefined : 'takes a time with its unit, such as 20ms or 800us';
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

/** What other programs call the options. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  rate: ['lr', 'learning-rate'],
  batch: ['bs', 'batch-size', 'mini-batch'],
  epochs: ['epoch', 'num-epochs'],
  optimiser: ['optimizer', 'opt'],
  'weight-decay': ['wd'],
  classes: ['num-classes'],
  workers: ['num-workers', 'threads'],
  resolution: ['img-size', 'image-size', 'input-size', 'imgsz', 'size'],
  backend: ['device'],
  data: ['dataset', 'data-dir'],
  weights: ['checkpoint', 'pretrained'],
  'weights-map': ['weight-map'],
  output: ['out', 'outfile'],
  out: ['output-dir', 'out-dir', 'output'],
  half: ['fp16', 'dtype'],
  opset: ['opset-version'],
  set: ['config'],
  w: ['width'],
  d: ['depth'],
  force: ['yes', 'overwrite'],
  quiet: ['silent'],
  check: ['dry-run'],
};

function unknownOption(command: Command, options: readonly Option[], rawName: string): Error {
  const advice = command.name === 'compile' && Object.hasOwn(retiredOptions, rawName) && retiredOptions[rawName];
  if (advice) return usageError(`${rawName} was removed: ${advice}`, command.name);
  if (command.name === 'fit' && rawName === '--latency') {
    const advice = "'enetc search SPEC --sample N --table FILE --latency 20ms' finds networks of a space by one";
    return usageError(`fit cannot use a table of latencies, which is for the blocks of a space; ${advice}`, 'fit');
  }
  const near = nearestOption(rawName.replace(/^-+/, ''), options);
  const hint = near === undefined ? '' : `; did you mean '--${near}'?`;
  return usageError(`${command.name} has no option ${shorten(rawName)}${hint}`, command.name);
}

/** The option that a name means: as it is called elsewhere, or but for a slip. An option of one letter is never a slip's target. */
function nearestOption(name: string, options: readonly Option[]): string | undefined {
  const names = options.map((option) => option.name);
  const longNames = names.filter((candidate) => candidate.length > 1);
  return names.find((known) => otherNames[known]?.includes(name)) ?? nearestNames(name, longNames)[0];
}

function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
}
