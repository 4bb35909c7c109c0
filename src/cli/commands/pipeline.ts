import { drawSchedule } from '../../pipeline/draw-schedule.ts';
import { defaultBatch, type PipelinePlan, type PlanOptions } from '../../pipeline/plan.ts';
import { planText } from '../../pipeline/plan-text.ts';
import { text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { measureTimes, type TimesFile } from '../measure-times.ts';
import { createOutputFiles, writeTextFile } from '../output-files.ts';
import { drawing, timesFile } from '../own-outputs.ts';
import { planOptions, planOrFail } from '../plan-options.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { type Output, outputOf, refuseFile } from '../refuse-overwriting.ts';
import { openSpec } from '../spec.ts';

/** `enetc pipeline [spec]` */
export const pipelineCommand: RunCommand = async (args, io) => {
  const options = planOptions(args, io, 'pipeline');
  const output = text(args, 'output');
  const measure = text(args, 'measure');
  if (measure !== undefined && options.times) {
    throw usageError('--measure writes what --times reads: give only one of them', 'pipeline');
  }
  const opened = buildNetwork(await openSpec(args.operands[0], io, 'pipeline'), args, io);
  if (!opened) return exitCodes.diagnostics;
  const { graph, program, point } = opened.network;
  const written = output === undefined ? undefined : outputOf(output, program, args, io);
  if (written) refuseFile(written, drawing);
  const measured = measure === undefined ? undefined : outputOf(measure, program, args, io);
  if (measured) refuseFile(measured, timesFile);
  const times =
    measured && (await measureInto(measured, () => measureTimes(opened.network, imagesToMeasure(options), args, io)));
  const plan = planOrFail(graph, {
    ...options,
    ...(times && { times }),
    title: `${graph.name} ${point.variant ?? ''}`.trim(),
  });
  if (written) writeTextFile(written.path, written.shown, drawSchedule(plan));
  printAnswer(args, io, planJson(plan), (paint) => planText(plan, paint));
  return exitCodes.ok;
};

/** Measures, and writes the times. A file that cannot be written is noticed before. */
async function measureInto({ path, shown }: Output, measure: () => Promise<TimesFile>): Promise<TimesFile> {
  const files = createOutputFiles(path, shown);
  try {
    const { sink } = files.open('');
    const times = await measure();
    sink.write(new TextEncoder().encode(`${JSON.stringify(times, undefined, 2)}\n`));
    files.commit();
    return times;
  } finally {
    files.discard();
  }
}

/** The images of a micro-batch, where their number is given: else a few. */
function imagesToMeasure({ batch = defaultBatch, microBatches }: PlanOptions): number {
  return microBatches === undefined ? Math.min(batch, 8) : batch / microBatches;
}

/** What the plan says; the schedule's slots follow from it. */
function planJson({ timeline: _timeline, ...plan }: PipelinePlan) {
  return plan;
}
