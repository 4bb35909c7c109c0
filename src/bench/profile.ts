/** An event of ONNX Runtime's profile; times in microseconds. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** A part of a network in a profile. */
export interface ProfiledPart {
  readonly id: string;
  /** Milliseconds of a run: the mean over the middle half of the runs, by the time of their kernels. */
  readonly ms: number;
  /** The share of all kernels' time. */
  readonly share: number;
}

export interface ProfiledStage extends ProfiledPart {
  readonly macs: number;
}

export interface ProfiledOp extends ProfiledPart {
  /** The number of its kernels per run. */
  readonly count: number;
}

export interface Profile {
  readonly name: string;
  readonly runs: number;
  /** Milliseconds of a run while profiling, which slows it down. */
  readonly run: number;
  /** Milliseconds of its kernels. */
  readonly kernels: number;
  /** The stages of a spec, in order; last what the engine adds between stages, such as layout changes. */
  readonly stages?: readonly ProfiledStage[];
  /** ONNX Runtime's operators, the slowest first. */
  readonly ops: readonly ProfiledOp[];
}

/** The label for kernels without a stage's name. */
export const betweenStages = '(layouts)';

/**
 * Summarises a profile of several runs: the time of each stage and operator, over the middle half of the runs. @param
 * skip how many runs at the beginning are left out. @param stages of the spec; ONNX Runtime's kernels have the names of
 * our nodes, which begin with their stage's. @returns undefined if it has no more runs than `skip`.
 */
export function profileOf(
  name: string,
  events: readonly ProfileEvent[],
  skip: number,
  stages?: readonly { readonly id: string; readonly macs: number }[],
): Profile | undefined {
  const all = runsOf(events).slice(skip);
  if (all.length === 0) return undefined;
  const runs = middleHalf(all);
  const stageOf = stageFinder(stages?.map(({ id }) => id) ?? []);
  const byStage = (kernel: ProfileEvent) => stageOf(kernel.name.slice(0, -ending.length));
  const byOp = (kernel: ProfileEvent) => kernel.args?.op_name ?? '?';
  const mean = (of: (run: (typeof runs)[number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const total = mean(({ time }) => time);
  const part = (id: string, of: (kernel: ProfileEvent) => string): ProfiledPart => {
    const ms = mean(({ own }) => timeOf(own.filter((k) => of(k) === id)));
    return { id, ms, share: ms / total };
  };
  const first = runs[0]?.own ?? [];
  const withLayouts = stages && [...stages, { id: betweenStages, macs: 0 }];
  return {
    name,
    runs: all.length,
    run: mean(({ run }) => run.dur / 1000),
    kernels: total,
    ...(withLayouts && { stages: withLayouts.map(({ id, macs }) => ({ ...part(id, byStage), macs })) }),
    ops: [...new Set(first.map(byOp))]
      .map((op) => ({ ...part(op, byOp), count: first.filter((k) => byOp(k) === op).length }))
      .sort((a, b) => b.ms - a.ms),
  };
}

/**
 * The time of each stage in milliseconds, over the middle half of the runs. Kernels that change the order of values in memory belong to
 * the stage before them: without the stage they would not be there.
 * @param ids of the stages, of a spec with at least one kernel in the first
 */
export function stageTimesOf(
  events: readonly ProfileEvent[],
  skip: number,
  ids: readonly string[],
): Map<string, number> {
  const runs = middleHalf(runsOf(events).slice(skip));
  const stageOf = stageFinder(ids);
  const times = new Map(ids.map((id) => [id, 0]));
  for (const { own } of runs) {
    let stage = ids[0] as string;
    for (const kernel of own.toSorted((a, b) => a.ts - b.ts)) {
      const named = stageOf(kernel.name.slice(0, -ending.length));
      if (named !== betweenStages) stage = named;
      times.set(stage, (times.get(stage) as number) + kernel.dur / 1000 / runs.length);
    }
  }
  return times;
}

/** Splits events into runs, each with its kernels and their time. */
function runsOf(events: readonly ProfileEvent[]) {
  const kernels = events.filter((e) => e.cat === 'Node' && e.name.endsWith(ending));
  return events
    .filter((e) => e.cat === 'Session' && e.name === 'model_run')
    .map((run) => {
      const own = kernels.filter((k) => k.ts >= run.ts && k.ts + k.dur <= run.ts + run.dur);
      return { run, own, time: timeOf(own) };
    });
}

/** The values between the quartiles, at least one. */
function middleHalf<T extends { readonly time: number }>(runs: readonly T[]): readonly T[] {
  const sorted = [...runs].sort((a, b) => a.time - b.time);
  const quarter = Math.floor(sorted.length / 4);
  return sorted.slice(quarter, sorted.length - quarter);
}

const ending = '_kernel_time';

function timeOf(kernels: readonly ProfileEvent[]): number {
  return kernels.reduce((sum, { dur }) => sum + dur / 1000, 0);
}

/** The stage with the longest name that begins a node's. What the engine fuses or adds to a node keeps its name. */
function stageFinder(ids: readonly string[]): (node: string) => string {
  const longestFirst = [...ids].sort((a, b) => b.length - a.length);
  const isOf = (node: string, id: string) => node.startsWith(id) && /^([._/]|$)/.test(node.slice(id.length));
  const found = new Map<string, string>();
  return (node) => {
    const known = found.get(node) ?? longestFirst.find((id) => isOf(node, id)) ?? betweenStages;
    found.set(node, known);
    return known;
  };
}
