import { elements } from '../../../5-graph/graph.ts';
import { hasErrors } from '../../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../../diagnostics/json.ts';
import { nounFor } from '../../../diagnostics/noun-for.ts';
import { safeText } from '../../../diagnostics/text-width.ts';
import type { OpenedCheckpoint } from '../../../node/open-checkpoint.ts';
import { formatCount } from '../../../report/format-number.ts';
import { columnsOf, type Paint, renderTable } from '../../../report/text-table.ts';
import { type Checkpoint, isFloat } from '../../../weights/checkpoint.ts';
import { type ValueRange, valueRange } from '../../../weights/value-range.ts';
import { text } from '../../arguments.ts';
import { exitCodes } from '../../io.ts';
import { openNamed } from '../../open-weights.ts';
import { printAnswer, printDiagnostics, printJson } from '../../print-diagnostics.ts';
import type { WeightsAction } from './action.ts';

/** Metadata can hold a whole configuration: its beginning is enough for people. */
const longestShown = 200;

/** `enetc weights inspect FILE`: what a file of weights holds. */
export const inspectAction: WeightsAction = {
  name: 'inspect',
  operands: 'FILE',
  least: 1,
  most: 1,
  options: ['weights-key', 'quiet'],
  async run(args, io) {
    const file = args.operands[0] as string;
    const opened = await openNamed(file, io, text(args, 'weights-key'));
    try {
      printDiagnostics(opened.diagnostics, args, io);
      const diagnostics = opened.diagnostics.map(diagnosticToJson);
      if (!opened.checkpoint || hasErrors(opened.diagnostics)) {
        if (args.values.has('json')) printJson({ file, diagnostics }, io);
        return exitCodes.diagnostics;
      }
      const contents = contentsOf(opened, opened.checkpoint);
      printAnswer(args, io, { file, ...contents, diagnostics }, (paint) => contentsText(file, contents, paint));
      return exitCodes.ok;
    } finally {
      opened.close();
    }
  },
};

interface TensorFacts extends Partial<ValueRange> {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

interface Contents {
  /** `a PyTorch checkpoint` */
  readonly format: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The numbers in all tensors. */
  readonly elements: number;
  readonly notFinite: number;
  /** Those of other types than floating-point have no range. */
  readonly tensors: readonly TensorFacts[];
}

function contentsOf({ what }: OpenedCheckpoint, checkpoint: Checkpoint): Contents {
  const tensors = [...checkpoint.tensors].map(([name, { dtype, shape }]): TensorFacts => {
    const facts = { name, dtype, shape };
    return isFloat(dtype) ? { ...facts, ...valueRange(checkpoint.read(name)) } : facts;
  });
  return {
    format: what,
    metadata: Object.fromEntries(checkpoint.metadata),
    elements: tensors.reduce((sum, { shape }) => sum + elements(shape), 0),
    notFinite: tensors.reduce((sum, { notFinite = 0 }) => sum + notFinite, 0),
    tensors,
  };
}

function contentsText(file: string, contents: Contents, paint: Paint): string {
  const { tensors, metadata } = contents;
  const count = `${tensors.length} ${nounFor(tensors.length, 'tensor')}`;
  const facts = [count, `${formatCount(contents.elements)} numbers`];
  if (contents.notFinite > 0) facts.push(paint.bad(`${contents.notFinite} not finite`));
  const lines = [`${paint.bold(safeText(file))}: ${contents.format}, ${facts.join(', ')}`];
  for (const [key, value] of Object.entries(metadata)) {
    const shown = value.length > longestShown ? `${value.slice(0, longestShown)}...` : value;
    lines.push(`${safeText(key)}: ${safeText(shown.replaceAll('\n', ' '))}`);
  }
  const rows = tensors.map(({ name, dtype, shape, min, max, notFinite }) => [
    name,
    dtype,
    `[${shape.join(', ')}]`,
    min === undefined ? '' : String(Number(min.toPrecision(4))),
    max === undefined ? '' : String(Number(max.toPrecision(4))),
    notFinite ? String(notFinite) : '',
  ]);
  const columns = columnsOf(['tensor', 'type', 'shape'], ['least', 'most', 'not finite']);
  return `${lines.join('\n')}\n\n${renderTable(columns, rows, { paint })}`;
}
