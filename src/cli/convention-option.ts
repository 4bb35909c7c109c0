import { parseExpression } from '../1-parse/parse.ts';
import { literalOf } from '../3-check/literal.ts';
import type { CompileOptions } from '../compile.ts';
import { conventionSettings } from '../weights/weight-columns.ts';
import { text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { usageError } from './io.ts';

const takes: Readonly<Record<string, (value: unknown) => boolean>> = {
  padding: (value) => value === 'same' || value === 'symmetric',
  epsilon: (value) => typeof value === 'number' && value >= 0,
  momentum: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  count_pad: (value) => typeof value === 'boolean',
};

/** `--convention torch`, or with what differs from it as in a spec: `--convention 'torch(epsilon: 1e-3)'`. */
export function askedConvention(args: Arguments): Pick<CompileOptions, 'convention' | 'conventionSettings'> {
  const written = text(args, 'convention');
  if (written === undefined) return {};
  const name = written.startsWith('torch') ? 'torch' : 'tf';
  if (written === name) return { convention: name };
  const refuse = (why: string) => usageError(`--convention ${written}: ${why}`, args.command.name);
  const { expr, diagnostics } = parseExpression({ name: '--convention', text: written });
  if (diagnostics[0]) throw refuse(diagnostics[0].message);
  if (expr.kind !== 'call') throw refuse("it is written as 'torch(epsilon: 1e-3)'");
  const values = new Map(expr.args.map((arg) => [arg.name?.name ?? '', literalOf(arg.value)]));
  for (const [key, value] of values) {
    if (!Object.hasOwn(takes, key)) throw refuse(`the settings are ${Object.keys(takes).join(', ')}`);
    if (!takes[key]?.(value)) throw refuse(`'${key}' cannot have that value`);
  }
  return { convention: name, conventionSettings: conventionSettings(values) };
}
