import { defaultDevice } from '../../pipeline/device.ts';
import { drawSchedule } from '../../pipeline/draw-schedule.ts';
import type { ScheduleName } from '../../pipeline/memory.ts';
import { defaultBatch, type PipelinePlan, type PlanOptions, planPipeline } from '../../pipeline/plan.ts';
import { noPlanText, planText } from '../../pipeline/plan-text.ts';
import { parseBytes, parseCount } from '../../report/parse-quantity.ts';
import { number, text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { drawing } from '../own-outputs.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { readTimes } from '../read-times.ts';
import { outputOf, refuseFile } from '../refuse-overwriting.ts';
import { openSpec } from '../spec.ts';

/** `enetc pipeline [spec]` */
export const pipelineCommand: RunCommand = async (args, io) => {
  const options = planOptions(args, io);
  const output = text(args, 'output');
  const opened = buildNetwork(await openSpec(args.operands[0], io, 'pipeline'), args, io);
  if (!opened) return exitCodes.diagnostics;
  const { graph, program, point } = opened.network;
  const written = output === undefined ? undefined : outputOf(output, program, args, io);
  if (written) refuseFile(written, drawing);
  const plan = planPipeline(graph, { ...options, title: `${graph.name} ${point.variant ?? ''}`.trim() });
  if ('problem' in plan) throw failure(noPlanText(plan, options.stages, options.memory));
  if (written) writeTextFile(written.path, written.shown, drawSchedule(plan));
  printAnswer(args, io, planJson(plan), (paint) => planText(plan, paint));
  return exitCodes.ok;
};

function planOptions(args: Arguments, io: Io): PlanOptions {
  const stages = number(args, 'stages');
  if (stages === undefined) throw usageError('pipeline needs a number of stages: --stages 8', 'pipeline');
  const batch = number(args, 'batch') ?? defaultBatch;
  const microBatches = number(args, 'micro-batches');
  if (microBatches !== undefined && batch % microBatches !== 0) {
    throw usageError(`--micro-batches ${microBatches} does not divide the batch of ${batch} images`, 'pipeline');
  }
  const cuts = text(args, 'cuts')
    ?.split(',')
    .map((path) => path.trim());
  if (cuts && cuts.length !== stages - 1) {
    throw usageError(`--cuts names the beginnings of ${stages - 1} stages, all but the first`, 'pipeline');
  }
  const schedule = text(args, 'schedule') as ScheduleName | undefined;
  const recompute = text(args, 'recompute') as PlanOptions['recompute'];
  const memory = parsed(args, 'memory', parseBytes);
  const parameterBytes = number(args, 'parameter-bytes');
  const times = text(args, 'times');
  return {
    stages,
    batch,
    ...(schedule && { schedule }),
    ...(microBatches !== undefined && { microBatches }),
    ...(memory !== undefined && { memory }),
    ...(recompute && { recompute }),
    ...(cuts && { cuts }),
    ...(parameterBytes !== undefined && { parameterBytes }),
    ...(times !== undefined && { times: readTimes(times, io) }),
    device: {
      ...defaultDevice,
      operations: parsed(args, 'operations', parseCount) ?? defaultDevice.operations,
      bandwidth: parsed(args, 'bandwidth', parseBytes) ?? defaultDevice.bandwidth,
      link: parsed(args, 'link', parseBytes) ?? defaultDevice.link,
    },
  };
}

/** The value of an option with a unit; parsing has made sure that it is one. */
function parsed(args: Arguments, name: string, parse: (text: string) => number | undefined): number | undefined {
  const given = text(args, name);
  return given === undefined ? undefined : parse(given);
}

/** What the plan says; the schedule's slots follow from it. */
function planJson({ timeline: _timeline, ...plan }: PipelinePlan) {
  return plan;
}
