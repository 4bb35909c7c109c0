import { hasErrors } from '../../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../../diagnostics/json.ts';
import { nounFor } from '../../../diagnostics/noun-for.ts';
import { safeText } from '../../../diagnostics/text-width.ts';
import type { OpenedCheckpoint } from '../../../node/open-checkpoint.ts';
import { columnsOf, type Paint, renderTable } from '../../../report/text-table.ts';
import { type Checkpoint, type CheckpointTensor, isFloat } from '../../../weights/checkpoint.ts';
import { requiredTensors } from '../../../weights/required-tensors.ts';
import { tensorDifference } from '../../../weights/tensor-difference.ts';
import { flag, number, text } from '../../arguments.ts';
import { type OpenedNetwork, openNetwork } from '../../build-network.ts';
import type { Arguments } from '../../command.ts';
import { exitCodes, usageError } from '../../io.ts';
import { openNamed } from '../../open-weights.ts';
import { scalingOptions } from '../../options.ts';
import { printAnswer, printDiagnostics, printJson } from '../../print-diagnostics.ts';
import { weightsRequest } from '../../weights-request.ts';
import type { WeightsAction } from './action.ts';
import { chooseConverted } from './write-network-weights.ts';

/** How many rows people are shown: the most different ones. */
const mostShown = 20;

const networkOptions = [...scalingOptions.map(({ name }) => name), 'map', 'classes', 'outputs'];

/** `enetc weights diff FILE FILE [spec]`: compares two files tensor by tensor, with a spec under the names of its network. */
export const diffAction: WeightsAction = {
  name: 'diff',
  operands: 'FILE FILE [spec]',
  least: 2,
  most: 3,
  options: [...networkOptions, 'weights-key', 'tolerance', 'quiet'],
  async run(args, io) {
    const tolerance = number(args, 'tolerance') ?? 0;
    if (tolerance < 0) throw usageError('--tolerance takes a number from 0', 'weights');
    const [first = '', second = '', ...operands] = args.operands;
    const files = [first, second] as const;
    const isPlain = operands.length === 0 && !networkOptions.some((name) => flag(args, name));
    const network = isPlain ? undefined : await openNetwork({ ...args, operands }, io);
    if (!isPlain && !network) return exitCodes.diagnostics;
    const opened: OpenedCheckpoint[] = [];
    try {
      for (const file of files) opened.push(await openNamed(file, io, text(args, 'weights-key')));
      const named = opened.map((o) => (network ? underOwnNames(network, o, args) : o));
      const reported = named.flatMap((o) => o.diagnostics);
      printDiagnostics(reported, args, io);
      const diagnostics = reported.map(diagnosticToJson);
      const [a, b] = named.map(({ checkpoint }) => checkpoint);
      if (!a || !b || hasErrors(reported)) {
        if (args.values.has('json')) printJson({ files, diagnostics }, io);
        return exitCodes.diagnostics;
      }
      const difference = differenceOf(a, b, tolerance);
      const answer = { files, tolerance, ...difference, diagnostics };
      printAnswer(args, io, answer, (paint) => differenceText(files, difference, tolerance, paint));
      return difference.same ? exitCodes.ok : exitCodes.diagnostics;
    } finally {
      for (const { close } of opened) close();
    }
  },
};

/** A file's tensors under the names that a network has for them. */
function underOwnNames(
  opened: OpenedNetwork,
  { checkpoint, diagnostics }: OpenedCheckpoint,
  args: Arguments,
): Pick<OpenedCheckpoint, 'checkpoint' | 'diagnostics'> {
  if (!checkpoint) return { diagnostics };
  const request = { ...weightsRequest(args, opened, checkpoint), converts: true, allowMissing: [], allowUnsound: true };
  const { graph, source, diagnostics: ofNames } = chooseConverted(opened.network, request);
  const all = [...diagnostics, ...ofNames];
  if (!source) return { diagnostics: all };
  const specs = new Map([...requiredTensors(graph)].map(({ tensor }) => [tensor.name, tensor]));
  const tensors = new Map([...specs].map(([name, { shape }]) => [name, { name, shape, dtype: 'F32' }]));
  const read = (name: string) => source.read(specs.get(name)!);
  return { checkpoint: { ...checkpoint, tensors, read }, diagnostics: all };
}

interface DifferentTensor {
  readonly name: string;
  /** Of values: the largest difference, and the same over the largest value of the first file. */
  readonly absolute?: number;
  readonly relative?: number;
  /** Where shapes or types keep the values from being compared. */
  readonly left?: string;
  readonly right?: string;
}

interface Difference {
  /** Whether both have the same tensors, each within the tolerance. */
  readonly same: boolean;
  readonly compared: number;
  /** The largest |a - b| of all tensors that are compared. */
  readonly absolute: number;
  readonly onlyLeft: readonly string[];
  readonly onlyRight: readonly string[];
  /** Those that are apart by more than the tolerance, the furthest first. */
  readonly different: readonly DifferentTensor[];
}

function differenceOf(a: Checkpoint, b: Checkpoint, tolerance: number): Difference {
  const different: DifferentTensor[] = [];
  let compared = 0;
  let most = 0;
  for (const [name, left] of a.tensors) {
    const right = b.tensors.get(name);
    if (!right) continue;
    compared++;
    if (left.shape.join() !== right.shape.join() || isFloat(left.dtype) !== isFloat(right.dtype)) {
      different.push({ name, left: typeText(left), right: typeText(right) });
    } else if (isFloat(left.dtype)) {
      const { absolute, relative } = tensorDifference(a.read(name), b.read(name));
      most = Math.max(most, absolute);
      if (absolute > tolerance) different.push({ name, absolute, relative });
    }
  }
  different.sort((x, y) => (y.absolute ?? Number.POSITIVE_INFINITY) - (x.absolute ?? Number.POSITIVE_INFINITY) || 0);
  const missing = (from: Checkpoint, to: Checkpoint) =>
    [...from.tensors.keys()].filter((name) => !to.tensors.has(name));
  const [onlyLeft, onlyRight] = [missing(a, b), missing(b, a)];
  const same = different.length + onlyLeft.length + onlyRight.length === 0;
  return { same, compared, absolute: most, onlyLeft, onlyRight, different };
}

function typeText({ dtype, shape }: CheckpointTensor): string {
  return `${dtype} [${shape.join(', ')}]`;
}

function differenceText(
  files: readonly [string, string],
  { same, compared, absolute, onlyLeft, onlyRight, different }: Difference,
  tolerance: number,
  paint: Paint,
): string {
  const [left, right] = files.map(safeText) as [string, string];
  const lines: string[] = [];
  if (different.length > 0) {
    const rows = different
      .slice(0, mostShown)
      .map((d) => [d.name, exponent(d.absolute), exponent(d.relative), d.left ?? '', d.right ?? '']);
    const columns = columnsOf(['tensor'], ['difference', 'relative'], [left, right]);
    lines.push(renderTable(columns, rows, { paint }).trimEnd());
    if (different.length > mostShown) lines.push(`and ${different.length - mostShown} more; --json lists all`);
    lines.push('');
  }
  for (const [file, names] of [
    [left, onlyLeft],
    [right, onlyRight],
  ] as const) {
    if (names.length === 0) continue;
    const shown = names.slice(0, mostShown).map(safeText).join(', ');
    const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : '';
    lines.push(`only in ${file}: ${shown}${more}`);
  }
  const within = tolerance > 0 ? ` by more than ${tolerance}` : '';
  const counted = `${compared} ${nounFor(compared, 'tensor')} compared, ${different.length} differ${within}`;
  const verdict = `${counted}; the largest difference is ${exponent(absolute)}`;
  lines.push(same ? paint.good(verdict) : paint.bad(verdict));
  return `${lines.join('\n')}\n`;
}

function exponent(value: number | undefined): string {
  if (value === undefined) return '';
  return value === 0 ? '0' : value.toExponential(1);
}
