import { resolve } from 'node:path';
import { elements } from '../../../5-graph/graph.ts';
import { hasErrors } from '../../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../../diagnostics/json.ts';
import { safeText } from '../../../diagnostics/text-width.ts';
import { statOf } from '../../../node/file-stat.ts';
import type { OpenedCheckpoint } from '../../../node/open-checkpoint.ts';
import { type CheckpointTensor, isFloat } from '../../../weights/checkpoint.ts';
import { statedFacts } from '../../../weights/preprocessing-facts.ts';
import { flag, text } from '../../arguments.ts';
import { openNetwork } from '../../build-network.ts';
import type { Arguments } from '../../command.ts';
import { exitCodes, failure, type Io, usageError } from '../../io.ts';
import { openNamed } from '../../open-weights.ts';
import { scalingOptions } from '../../options.ts';
import { printDiagnostics, printJson } from '../../print-diagnostics.ts';
import { outputTo } from '../../refuse-overwriting.ts';
import { compileCommand } from '../compile.ts';
import type { WeightsAction } from './action.ts';
import { writeNetworkWeights, writingOptions } from './write-network-weights.ts';
import { writeWeightsFile } from './write-weights-file.ts';

const networkOptions = [
  ...scalingOptions.map(({ name }) => name),
  'weights-map',
  'map',
  'allow-missing',
  'allow-unsound',
  'classes',
  'outputs',
  'seed',
  'names',
  'like',
];

/** `enetc weights convert FILE [spec]`: the same numbers under other names, in another format. */
export const convertAction: WeightsAction = {
  name: 'convert',
  operands: 'FILE [spec]',
  least: 1,
  most: 2,
  options: [...networkOptions, ...writingOptions, 'weights-key'],
  async run(args, io) {
    const [file = '', ...operands] = args.operands;
    const output = text(args, 'output');
    if (output === undefined) throw usageError('weights convert needs --output FILE', 'weights');
    if (isFolder(output, io)) return writeModel(file, operands, args, io);
    // without a spec, and where nothing asks for one, the file's own names stay
    const isPlain = operands.length === 0 && !networkOptions.some((name) => flag(args, name));
    // the file is an input that the output may not replace
    const given = { ...args, operands, values: new Map([...args.values, ['weights', [file]]]) };
    const network = isPlain ? undefined : await openNetwork(given, io);
    if (!isPlain && !network) return exitCodes.diagnostics;
    const from = await openNamed(file, io, text(args, 'weights-key'));
    try {
      return network ? await writeNetworkWeights(network, from, given, io) : await writePlain(from, given, io);
    } finally {
      from.close();
    }
  },
};

/** Whether an output is a folder: it ends as one, or is there. */
function isFolder(output: string, io: Io): boolean {
  return /[/\\]$/.test(output) || statOf(resolve(io.cwd, output))?.isDirectory() === true;
}

/** Writes a TensorFlow.js folder: what `compile` writes for the target, whose layers have the names of the network's steps. */
function writeModel(file: string, operands: readonly string[], args: Arguments, io: Io): Promise<number> {
  const name = text(args, 'output') as string;
  if (operands.length === 0)
    throw usageError(`'${name}' needs a spec: a TensorFlow.js folder holds a model`, 'weights');
  const other = ['names', 'like'].find((option) => flag(args, option));
  if (other !== undefined)
    throw usageError(
      `--${other} is not for a TensorFlow.js folder, whose layers have the model's own names`,
      'weights',
    );
  const values = new Map([...args.values, ['weights', [file]], ['target', ['tfjs']]] as const);
  return compileCommand({ ...args, operands, values }, io);
}

type Entry = readonly [name: string, tensor: CheckpointTensor];

/** Requires that the file has numbers to write, and that none of them are lost because their form is not read. */
function checkRead(file: string, count: number, others: readonly Entry[]): void {
  const shown = safeText(file);
  const lost = others.filter(([, { dtype }]) => /^B?F\d/.test(dtype));
  const [first] = lost;
  if (first) {
    const [name, { dtype }] = first;
    const more = lost.length === 1 ? '' : `, as ${lost.length - 1} more`;
    throw failure(
      `'${shown}' cannot be converted: '${safeText(name)}' is stored as ${safeText(dtype)}${more}, which is not read`,
    );
  }
  if (count === 0) throw failure(`'${shown}' has no tensors of floating-point numbers: there is nothing to convert`);
}

function kindOf([, { dtype }]: Entry): string {
  return /^([IU]\d+|BOOL)$/.test(dtype) ? 'of whole numbers' : `of the type ${safeText(dtype)}`;
}

/** Writes the floating-point tensors of a file as they are. */
async function writePlain(
  { checkpoint, diagnostics, what }: OpenedCheckpoint,
  args: Arguments,
  io: Io,
): Promise<number> {
  printDiagnostics(diagnostics, args, io);
  const end = (code: number, facts: object = {}) => {
    if (flag(args, 'json')) printJson({ ...facts, diagnostics: diagnostics.map(diagnosticToJson) }, io);
    return code;
  };
  if (!checkpoint || hasErrors(diagnostics)) return end(exitCodes.diagnostics);
  const all = [...checkpoint.tensors];
  const tensors = all.flatMap(([name, { shape, dtype }]) =>
    isFloat(dtype) ? [{ name, shape, read: () => checkpoint.read(name) }] : [],
  );
  const others = all.filter(([, { dtype }]) => !isFloat(dtype));
  checkRead(checkpoint.name, tensors.length, others);
  const name = text(args, 'output') as string;
  const sizes = {
    bytes: tensors.reduce((sum, { shape }) => sum + elements(shape) * 4, 0),
    facts: ['its own names', `from ${safeText(checkpoint.name)}, ${what}`],
    metadata: statedFacts(checkpoint.metadata),
  };
  const kinds = others.map(kindOf);
  for (const kind of new Set(kinds)) sizes.facts.push(`${kinds.filter((one) => one === kind).length} ${kind} left out`);
  const bytes = await writeWeightsFile(outputTo(name, [], args, io), tensors, sizes, args, io);
  return end(exitCodes.ok, { file: name, bytes, tensors: tensors.length, leftOut: others.length });
}
