import { buildGraph } from '../../5-graph/build.ts';
import { totalCost } from '../../5-graph/cost.ts';
import { type LibraryModel, libraryModels } from '../../library.ts';
import { formatCount, formatShape } from '../../report/format-number.ts';
import { columnsOf, renderTable } from '../../report/text-table.ts';
import { stdlib } from '../../stdlib.generated.ts';
import { flag } from '../arguments.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { declaredModel, libraryHint } from '../library-names.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { listWeights } from './list-weights.ts';

/** A variant of a library model, in numbers. */
interface ListedVariant {
  readonly variant?: string;
  readonly input: readonly number[];
  readonly params: number;
  readonly macs: number;
}

/** `enetc list [model]...` */
export const listCommand: RunCommand = async (args, io) => {
  if (flag(args, 'modules')) {
    const modules = Object.keys(stdlib);
    printAnswer(args, io, modules, () => modules.map((m) => `${m}\n`).join(''));
    return exitCodes.ok;
  }
  if (flag(args, 'weights')) return listWeights(args, io, chosen(args.operands));
  const models = chosen(args.operands).map((model) => ({ ...model, variants: variantsOf(model) }));
  const columns = columnsOf(['model', 'variant'], ['input', 'parameters', 'MACs']);
  const rows = models.flatMap(({ name, variants }) =>
    variants.map(({ variant, input, params, macs }, i) => [
      i === 0 ? name : '',
      variant ?? '(default)',
      formatShape(input, '×'),
      formatCount(params),
      formatCount(macs),
    ]),
  );
  printAnswer(args, io, models, (paint) => renderTable(columns, rows, { paint }));
  return exitCodes.ok;
};

function chosen(names: readonly string[]): readonly LibraryModel[] {
  if (names.length === 0) return libraryModels;
  return names.map((name) => {
    const model = libraryModels.find((m) => m.name === name);
    if (model) return model;
    throw usageError(
      `the library has no model '${name}'${libraryHint(name) || `; it has ${libraryModels.map((m) => m.name).join(', ')}`}`,
      'list',
    );
  });
}

/** The program is resolved and checked once for all variants of a model. */
function variantsOf(model: LibraryModel): ListedVariant[] {
  const { declared, variants } = declaredModel(model);
  if (!declared) return [];
  return (variants.length > 0 ? variants : [undefined]).flatMap((variant) => {
    const { graph } = buildGraph(declared, variant === undefined ? {} : { variant });
    if (!graph) return [];
    const { params, macs } = totalCost(graph);
    const input = graph.nodes[graph.inputs[0] ?? -1]?.shapes[0] ?? [];
    return [{ ...(variant !== undefined && { variant }), input, params, macs }];
  });
}
