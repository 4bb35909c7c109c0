import { diffSummaries } from '../../report/diff.ts';
import { diffText } from '../../report/diff-text.ts';
import { summarize } from '../../report/summary.ts';
import { type Arguments, flag, list } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { RunCommand } from '../commands.ts';
import { exitCodes, usageError } from '../io.ts';
import { printJson } from '../print-diagnostics.ts';
import { type NamedPoint, scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { paintFor } from '../style.ts';

/** `enetc diff [spec[@point]] [spec[@point]]` */
export const diffCommand: RunCommand = async (args, io) => {
  const [from, to] = sidesOf(args);
  if (from.spec === '-' && to.spec === '-') throw usageError('standard input can be only one side', 'diff');
  const summaries = [];
  for (const side of [from, to]) {
    const spec = await openSpec(side.spec, io, 'diff');
    const network = buildNetwork(spec, scalingRequest(args, spec, side.point), args, io);
    if (!network) return exitCodes.diagnostics;
    summaries.push(summarize(network.graph, network.point));
  }
  const diff = diffSummaries(summaries[0]!, summaries[1]!);
  if (flag(args, 'json')) printJson(diff, io);
  else io.stdout.write(diffText(diff, paintFor(args, io)));
  return exitCodes.ok;
};

interface Side {
  readonly spec: string | undefined;
  readonly point: NamedPoint;
}

/** Which two networks the command line means: see `details` of the command. */
function sidesOf(args: Arguments): readonly [Side, Side] {
  const options = optionPoints(args);
  const operands = args.operands.map(parseOperand);
  // `diff efficientnet b0 b5`: one spec with two points.
  if (operands.length === 3) {
    const [spec, a, b] = args.operands as readonly [string, string, string];
    return [
      { spec, point: pointNamed(a.replace(/^@/, '')) },
      { spec, point: pointNamed(b.replace(/^@/, '')) },
    ];
  }
  if (options.length > 2) throw usageError('--variant and --phi can name two points at most', 'diff');
  const [first, second] = operands;
  if (operands.length < 2) {
    const spec = first?.spec;
    const points = first?.point ? [first.point, ...options] : options;
    if (points.length === 2)
      return [
        { spec, point: points[0]! },
        { spec, point: points[1]! },
      ];
    throw usageError('two networks are needed: two specs, or one with two points (efficientnet@b0 @b5)', 'diff');
  }
  const left = { spec: first!.spec, point: first!.point ?? options[0] ?? {} };
  const right = { spec: second!.spec ?? first!.spec, point: second!.point ?? options[1] ?? options[0] ?? {} };
  return [left, right];
}

/** `efficientnet@b0` */
function parseOperand(operand: string): { spec: string | undefined; point?: NamedPoint } {
  const at = operand.lastIndexOf('@');
  const name = operand.slice(at + 1);
  // An @ in a path stays: a point has no slash and no dot but a number's.
  if (at < 0 || name === '' || (/[/\\.]/.test(name) && !isNumber(name))) return { spec: operand };
  return { spec: at === 0 ? undefined : operand.slice(0, at), point: pointNamed(name) };
}

function pointNamed(name: string): NamedPoint {
  return isNumber(name) ? { phi: Number(name) } : { variant: name };
}

function optionPoints(args: Arguments): NamedPoint[] {
  return [
    ...list(args, 'variant').map((variant) => ({ variant })),
    ...list(args, 'phi').map((phi) => ({ phi: Number(phi) })),
  ];
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text);
}
