import { parseArgs } from 'node:util';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Command } from './commands.ts';
import { usageError } from './io.ts';
import { globalOptions, type Option, retiredOptions } from './options.ts';

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
    values.set(option.name, [...(given ?? []), value]);
  }
  // Whoever asks for help gets it, whatever else stands there.
  if (operands.length > command.maxOperands && !values.has('help')) {
    throw usageError(`unexpected '${operands[command.maxOperands]}'`, command.name);
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
  if (problem) throw usageError(`${rawName} ${problem}, not '${value}'`, command.name);
  return value;
}

function problemWith(option: Option, value: string): string | undefined {
  const words = option.choices ?? [];
  if (words.includes(value)) return undefined;
  const orWords = words.length > 0 ? ` or ${words.join(' or ')}` : '';
  switch (option.kind) {
    case 'number':
      return isNumber(value) ? undefined : `takes a number${orWords}`;
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(value) ? undefined : `takes a whole number${orWords}`;
    case 'positive':
      return /^\+?0*[1-9]\d{0,14}$/.test(value) ? undefined : `takes a whole number from 1${orWords}`;
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

function unknownOption(command: Command, options: readonly Option[], rawName: string): Error {
  const advice = command.name === 'compile' ? retiredOptions[rawName] : undefined;
  if (advice) return usageError(`${rawName} is gone: ${advice}`, command.name);
  const hint = didYouMean(
    rawName,
    options.map((o) => `--${o.name}`),
  );
  return usageError(`${command.name} has no option ${rawName}${hint}`, command.name);
}
