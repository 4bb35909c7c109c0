import { drawSchedule } from '../../pipeline/draw-schedule.ts';
import type { PipelinePlan } from '../../pipeline/plan.ts';
import { planText } from '../../pipeline/plan-text.ts';
import { text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { drawing } from '../own-outputs.ts';
import { planOptions, planOrFail } from '../plan-options.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { outputOf, refuseFile } from '../refuse-overwriting.ts';
import { openSpec } from '../spec.ts';

/** `enetc pipeline [spec]` */
export const pipelineCommand: RunCommand = async (args, io) => {
  const options = planOptions(args, io, 'pipeline');
  const output = text(args, 'output');
  const opened = buildNetwork(await openSpec(args.operands[0], io, 'pipeline'), args, io);
  if (!opened) return exitCodes.diagnostics;
  const { graph, program, point } = opened.network;
  const written = output === undefined ? undefined : outputOf(output, program, args, io);
  if (written) refuseFile(written, drawing);
  const plan = planOrFail(graph, { ...options, title: `${graph.name} ${point.variant ?? ''}`.trim() });
  if (written) writeTextFile(written.path, written.shown, drawSchedule(plan));
  printAnswer(args, io, planJson(plan), (paint) => planText(plan, paint));
  return exitCodes.ok;
};

/** What the plan says; the schedule's slots follow from it. */
function planJson({ timeline: _timeline, ...plan }: PipelinePlan) {
  return plan;
}
