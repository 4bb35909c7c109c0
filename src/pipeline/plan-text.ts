import { nounFor } from '../diagnostics/noun-for.ts';
import { type Words, words } from '../diagnostics/words.ts';
import {
  formatBytes,
  formatCount,
  formatExact,
  formatFactor,
  formatPercent,
  formatShape,
} from '../report/format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from '../report/text-table.ts';
import type { HandedOver, NoPlan, PipelinePlan, PlannedStage } from './plan.ts';

/** A plan as a table for a terminal, with the parts of its step's time and what limits it. */
export function planText(plan: PipelinePlan, paint: Paint = plain): string {
  const { stages, batch, microBatches } = plan;
  const own = stages.map(stageSeconds);
  const total = own.reduce((sum, seconds) => sum + seconds, 0);
  const columns = columnsOf(
    ['stage', 'from', 'to'],
    ['params', 'time', 'share', 'memory', 'in flight'],
    ['', 'hands over'],
  );
  const rows = stages.map((stage, i) => [
    String(i + 1),
    stage.from,
    stage.to,
    formatCount(stage.params),
    formatSeconds(own[i] as number),
    formatPercent((own[i] as number) / total, 1),
    formatBytes(stage.memory.total),
    String(stage.inFlight),
    stage.recompute ? 'recomputes' : '',
    handedText(stage.handsOver),
  ]);
  const images = batch / microBatches;
  const lines = [
    `${paint.bold(plan.model)} · ${titleOf(plan)}`,
    '',
    renderTable(columns, rows, { paint }),
    `a step of ${formatExact(batch)} images takes ${formatSeconds(plan.seconds)} (${formatFactor(batch / plan.seconds, 1)} images/s); the largest stage is ${formatFactor(plan.balance)} of an even share`,
    `time of a step: ${partsText(plan)}; devices wait ${formatPercent(plan.idle, 1)} of the time`,
    `limited by ${limitText(plan)}`,
    paint.dim(
      `times of micro-batches of ${imagesText(images)}, forward and backward, ${basisText(plan)} and a link of ${formatCount(plan.device.link)}B/s; without the optimiser's update`,
    ),
    '',
  ];
  return lines.join('\n');
}

/** The source of the times. */
function basisText({ device, measuredImages }: PipelinePlan): string {
  return measuredImages === undefined
    ? `calculated for ${formatCount(device.operations)}FLOP/s, ${formatCount(device.bandwidth)}B/s`
    : `from those measured for ${imagesText(measuredImages)}`;
}

function imagesText(images: number): string {
  return images === 1 ? 'one image' : `${images} images`;
}

/** `8 stages, 1F1B, 256 images in 32 micro-batches`. */
export function titleOf({ stages, schedule, batch, microBatches }: PipelinePlan): string {
  const count = stages.length === 1 ? 'one stage' : `${stages.length} stages`;
  const parts = microBatches === 1 ? 'one micro-batch' : `${microBatches} micro-batches`;
  return `${count}, ${schedule === 'gpipe' ? 'GPipe' : '1F1B'}, ${formatExact(batch)} images in ${parts}`;
}

/**
 * Why there is no plan, and what to do.
 * @param advice how to need less memory, in the options of whoever asks
 */
export function noPlanText(problem: NoPlan, stages: number, memory: number | undefined, advice: Words): Words {
  switch (problem.problem) {
    case 'memory': {
      const least = formatBytes(problem.least);
      const most = problem.microBatches === 1 ? 'one micro-batch' : `${problem.microBatches} micro-batches`;
      return words`no cut into ${stages} ${nounFor(stages, 'stage')} fits ${formatBytes(memory ?? 0)} per device: with ${most} the largest stage needs ${least}; ${advice}`;
    }
    case 'cuts':
      return `the network has ${problem.places} places to cut, too few for ${stages} stages: uses of a shared step stay together`;
    case 'path':
      return `no stage can begin at '${problem.path}': --cuts takes paths of ops in their order, as enetc summary and this command print them`;
  }
}

function stageSeconds({ times: { forward, backward, again } }: PlannedStage): number {
  return forward + backward + again;
}

function partsText({ parts, seconds }: PipelinePlan): string {
  const shares: [string, number][] = [
    ['work', parts.work],
    ['recomputation', parts.recomputation],
    ['imbalance', parts.imbalance],
    ['bubble', parts.bubble],
    ['links', parts.links],
  ];
  return shares
    .filter(([name, part]) => name === 'work' || part / seconds >= 0.0005)
    .map(([name, part]) => `${name} ${formatPercent(part / seconds, 1)}`)
    .join(', ');
}

/** The largest of what makes a step longer than its work, and what would shorten it. */
function limitText(plan: PipelinePlan): string {
  const { parts, stages, microBatches, memoryLimit, seconds } = plan;
  const own = stages.map(stageSeconds);
  const slowest = own.indexOf(Math.max(...own)) + 1;
  const fullest = stages.reduce((a, b) => (b.memory.total > a.memory.total ? b : a));
  const isFull = memoryLimit !== undefined && fullest.memory.total > 0.9 * memoryLimit;
  const causes: [number, string][] = [
    [
      parts.bubble,
      `the bubble: ${stages.length} stages fill and drain for ${microBatches} micro-batches, and a larger batch has more`,
    ],
    [
      parts.imbalance,
      isFull
        ? `memory: stage ${stages.indexOf(fullest) + 1} takes ${formatBytes(fullest.memory.total)} of ${formatBytes(memoryLimit)}, so that stage ${slowest} is larger than an even share`
        : `stage ${slowest}, which is larger than an even share: an op cannot be cut`,
    ],
    [parts.recomputation, `memory: ${stages.filter((s) => s.recompute).length} of ${stages.length} stages recompute`],
    [parts.links, 'the links between stages'],
  ];
  const [cost, cause] = causes.reduce((a, b) => (b[0] > a[0] ? b : a));
  return cost / seconds < 0.01 ? 'the work itself' : cause;
}

function handedText(tensors: readonly HandedOver[]): string {
  if (tensors.length === 0) return '';
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const [first] = tensors;
  const what = tensors.length === 1 && first ? formatShape(first.shape, '×') : `${tensors.length} tensors`;
  const passing = tensors.filter(({ passes }) => passes).length;
  return `${what}, ${formatBytes(bytes)}${passing > 0 ? `, ${passing} of them passing through` : ''}`;
}

/** `1.23 s`, `4.56 ms`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 0.9995) return `${Number(seconds.toPrecision(3))} s`;
  return `${Number((seconds * 1e3).toPrecision(3))} ms`;
}
