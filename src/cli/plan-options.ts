import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Graph } from '../5-graph/graph.ts';
import { commandLineWords } from '../diagnostics/words.ts';
import { attemptRead } from '../node/system-errors.ts';
import { defaultDevice } from '../pipeline/device.ts';
import type { MeasuredTimes } from '../pipeline/measured-times.ts';
import type { ScheduleName } from '../pipeline/memory.ts';
import { defaultBatch, type PipelinePlan, type PlanOptions, planPipeline } from '../pipeline/plan.ts';
import { noPlanText } from '../pipeline/plan-text.ts';
import { parseBytes, parseCount } from '../report/parse-quantity.ts';
import { isObject } from '../weights/is-object.ts';
import { number, text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { failure, type Io, usageError } from './io.ts';

/**
 * What is asked of a plan.
 * @throws a usage error of a command for numbers that do not go together
 */
export function planOptions(args: Arguments, io: Io, command: 'pipeline' | 'compile'): PlanOptions {
  const stages = number(args, 'stages');
  if (stages === undefined)
    throw usageError(`${command === 'pipeline' ? 'pipeline' : 'a plan'} needs a number of stages: --stages 8`, command);
  const batch = number(args, 'batch') ?? defaultBatch;
  const microBatches = number(args, 'micro-batches');
  if (microBatches !== undefined && batch % microBatches !== 0) {
    throw usageError(`--micro-batches ${microBatches} does not divide the batch of ${batch} images`, command);
  }
  const cuts = text(args, 'cuts')
    ?.split(',')
    .map((path) => path.trim());
  if (cuts && cuts.length !== stages - 1) {
    throw usageError(
      `--cuts takes the beginnings of all stages but the first: ${stages - 1}, not ${cuts.length}`,
      command,
    );
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

const lessMemory =
  'take more stages (--stages), more micro-batches, or an optimiser with less state (--parameter-bytes)';

/** A plan. @throws what a command ends with where there is none */
export function planOrFail(graph: Graph, options: PlanOptions): PipelinePlan {
  const plan = planPipeline(graph, options);
  if ('problem' in plan) throw failure(commandLineWords(noPlanText(plan, options.stages, options.memory, lessMemory)));
  return plan;
}

/** Reads the file of `--times`. @throws a usage error for what is not of its form */
export function readTimes(file: string, io: Io): MeasuredTimes {
  const text = attemptRead(file, () => readFileSync(resolve(io.cwd, file), 'utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    throw usageError(`'${file}' is not JSON: ${e instanceof Error ? e.message : e}`, 'pipeline');
  }
  if (!isObject(value) || !isPositive(value.images) || !isObject(value.seconds)) {
    throw wrong(file, 'it lacks images (a number) or seconds (an object)');
  }
  for (const [path, seconds] of Object.entries(value.seconds)) {
    const halves = isObject(seconds) && isPositive(seconds.forward) && isPositive(seconds.backward);
    if (!isPositive(seconds) && !halves) throw wrong(file, `the time of '${path}' is none`);
  }
  return value as unknown as MeasuredTimes;
}

function wrong(file: string, why: string): Error {
  const form = '{"images": 8, "seconds": {"stem": 0.002, "stages.0": {"forward": 0.01, "backward": 0.02}}}';
  return usageError(`'${file}' is not a file of times such as ${form}: ${why}`, 'pipeline');
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
