import { formatCount, formatMilliseconds } from '../report/format-number.ts';
import { columnsOf, type Paint, renderTable } from '../report/text-table.ts';
import { percent } from './number-text.ts';
import type { Profile } from './profile.ts';

/** The number of operators shown, the slowest; all are in the machine-readable report. */
const mostOps = 8;

/** A profile for people: the stages in order, then the operators. */
export function profileText({ name, runs, run, kernels, stages, ops }: Profile, paint: Paint): string {
  const macs = stages?.reduce((sum, stage) => sum + stage.macs, 0) ?? 0;
  const stageRows = stages?.map((stage) => [
    stage.id,
    formatMilliseconds(stage.ms),
    percent(stage.share),
    stage.macs === 0 ? '' : formatCount(stage.macs),
    stage.macs === 0 ? '' : percent(stage.macs / macs),
  ]);
  const opRows = ops
    .slice(0, mostOps)
    .map(({ id, count, ms, share }) => [id, String(count), formatMilliseconds(ms), percent(share)]);
  const tables = [
    ...(stageRows
      ? [renderTable(columnsOf(['stage'], ['time', 'share', 'MACs', 'of MACs']), stageRows, { paint })]
      : []),
    renderTable(columnsOf(['operator'], ['kernels', 'time', 'share']), opRows, { paint }),
  ];
  const facts = `${runs} runs of ${formatMilliseconds(run)} while profiling, ${formatMilliseconds(kernels)} of them in kernels`;
  return [paint.bold(name), '', ...tables, paint.dim(facts)].join('\n');
}
