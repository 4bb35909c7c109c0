import { diffSummaries } from '../../report/diff.ts';
import { diffText } from '../../report/diff-text.ts';
import { summarize } from '../../report/summary.ts';
import { list } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { printAnswer } from '../print-diagnostics.ts';
import type { NamedPoint } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { namedPointOf, parseSpecPoint } from '../spec-point.ts';

/** `enetc diff [spec[@point]] [spec[@point]]` */
export const diffCommand: RunCommand = async (args, io) => {
  const [from, to] = sidesOf(args);
  if (from.spec === '-' && to.spec === '-') throw usageError('standard input can be only one side', 'diff');
  const summaries = [];
  for (const side of [from, to]) {
    const opened = buildNetwork(await openSpec(side.spec, io, 'diff'), args, io, side.point);
    if (!opened) return exitCodes.diagnostics;
    summaries.push(summarize(opened.network.graph, opened.network.point));
  }
  const diff = diffSummaries(summaries[0]!, summaries[1]!);
  printAnswer(args, io, diff, (paint) => diffText(diff, paint));
  return exitCodes.ok;
};

interface Side {
  readonly spec: string | undefined;
  readonly point: NamedPoint;
}

/** Which two networks the command line means: see `details` of the command. */
function sidesOf(args: Arguments): readonly [Side, Side] {
  const options = optionPoints(args);
  // `diff efficientnet b0 b5`: one spec with two points.
  if (args.operands.length === 3) {
    const [spec, a, b] = args.operands as readonly [string, string, string];
    return [sideOf(spec, namedPointOf(a.replace(/^@/, ''))), sideOf(spec, namedPointOf(b.replace(/^@/, '')))];
  }
  if (options.length > 2) throw usageError('--variant and --phi can name two points at most', 'diff');
  const [first, second] = args.operands.map(parseSpecPoint);
  if (first && second) {
    const right = second.point ?? options[1] ?? options[0];
    return [sideOf(first.spec, first.point ?? options[0]), sideOf(second.spec ?? first.spec, right)];
  }
  const [a, b, ...more] = [...(first?.point ? [first.point] : []), ...options];
  if (a && b && more.length === 0) return [sideOf(first?.spec, a), sideOf(first?.spec, b)];
  throw usageError('two networks are needed: two specs, or one with two points (efficientnet@b0 @b5)', 'diff');
}

function sideOf(spec: string | undefined, point: NamedPoint = {}): Side {
  return { spec, point };
}

function optionPoints(args: Arguments): NamedPoint[] {
  return [
    ...list(args, 'variant').map((variant) => ({ variant })),
    ...list(args, 'phi').map((phi) => ({ phi: Number(phi) })),
  ];
}
