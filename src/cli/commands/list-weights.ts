import type { LibraryModel } from '../../library.ts';
import type { PublishedCheckpoint } from '../../published-weights.ts';
import { formatBytes } from '../../report/format-number.ts';
import { columnsOf, renderTable } from '../../report/text-table.ts';
import type { Arguments } from '../command.ts';
import { exitCodes, type Io } from '../io.ts';
import { printAnswer } from '../print-diagnostics.ts';

/** Normalisations that have names, as means and standard deviations. */
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** `enetc list --weights [model]...` */
export async function listWeights(args: Arguments, io: Io, models: readonly LibraryModel[]): Promise<number> {
  const { checkpoints, sources } = await import('../../published-weights.generated.ts');
  const listed = models.flatMap(({ name }) => checkpoints.filter(({ model }) => model === name).sort(byVariant));
  printAnswer(args, io, { sources, checkpoints: listed }, (paint) => {
    if (listed.length === 0) return 'no published weights are known for these models\n';
    const columns = columnsOf(
      ['network', 'weights', 'licence', 'normalisation', 'convention'],
      ['image', 'crop', 'classes', 'size', 'top-1'],
    );
    const notes = [
      `imagenet: mean ${imagenet.mean.join(', ')}, std ${imagenet.std.join(', ')}; ±1: mean 0.5, std 0.5.`,
      `Sources: ${sources.configurations}; top-1 in percent of ImageNet's validation images: ${sources.accuracies}.`,
    ];
    return `${renderTable(columns, listed.map(rowOf), { paint })}\n${notes.join('\n')}\n`;
  });
  return exitCodes.ok;
}

/** Variants as their names count, in each the most accurate first. */
function byVariant(a: PublishedCheckpoint, b: PublishedCheckpoint): number {
  const names = (a.variant ?? '').localeCompare(b.variant ?? '', 'en', { numeric: true });
  return names || (b.top1 ?? 0) - (a.top1 ?? 0);
}

function rowOf(one: PublishedCheckpoint): string[] {
  return [
    one.variant === undefined ? one.model : `${one.model} ${one.variant}`,
    one.name,
    one.licence ?? 'not stated',
    normalisationText(one),
    one.convention,
    `${one.size}×${one.size}`,
    String(one.crop),
    String(one.classes),
    formatBytes(one.bytes),
    one.top1 === undefined ? '' : one.top1.toFixed(2),
  ];
}

function normalisationText({ mean, std }: PublishedCheckpoint): string {
  const is = (known: typeof imagenet) => `${mean}/${std}` === `${known.mean}/${known.std}`;
  if (is(imagenet)) return 'imagenet';
  return is(half) ? '±1' : `${mean.join(', ')} / ${std.join(', ')}`;
}
