import type { PointSummary, StageSummary, Summary } from './summary.ts';

/** What differs between two networks. Plain data: `--json` prints it unchanged. */
export interface SummaryDiff {
  readonly from: DiffSide;
  readonly to: DiffSide;
  /** Scaling factors, convention and parameters of the model that are not the same on both sides. */
  readonly settings: readonly Change<string | number | undefined>[];
  readonly stages: readonly StageDiff[];
  readonly totals: readonly NumberChange[];
}

export interface DiffSide {
  readonly model: string;
  readonly point?: PointSummary;
}

export interface Change<T> {
  readonly name: string;
  readonly from: T;
  readonly to: T;
}

export interface NumberChange extends Change<number> {
  /** `to / from`; null if `from` is 0. */
  readonly ratio: number | null;
}

export interface StageDiff {
  readonly id: string;
  readonly change: 'same' | 'changed' | 'added' | 'removed';
  readonly operator: Change<string | undefined>;
  /** Output channels, blocks, parameters, multiply-accumulates and the like; 0 on the side that lacks the stage. */
  readonly numbers: readonly NumberChange[];
  readonly kernels: Change<StageSummary['kernels']>;
  readonly activations: Change<StageSummary['activations']>;
}

/** The numbers of a stage that a diff compares, by name. */
export const stageNumbers = {
  filters: (s: StageSummary) => s.output[0] ?? 0,
  repeats: (s: StageSummary) => s.repeats,
  resolution: (s: StageSummary) => s.output[1] ?? 1,
  stride: (s: StageSummary) => s.stride,
  params: (s: StageSummary) => s.params,
  macs: (s: StageSummary) => s.macs,
  activationBytes: (s: StageSummary) => s.activationBytes,
} as const;

const totalNumbers = ['params', 'macs', 'layers', 'activationBytes', 'peakBytes', 'receptiveField'] as const;

/** Compares two networks stage by stage; stages of the same name belong together. */
export function diffSummaries(from: Summary, to: Summary): SummaryDiff {
  return {
    from: side(from),
    to: side(to),
    settings: diffSettings(from, to),
    stages: pairStages(from.stages, to.stages).map(([a, b]) => diffStage(a, b)),
    totals: totalNumbers.map((name) => numberChange(name, from.totals[name], to.totals[name])),
  };
}

/** Whether nothing differs. */
export function isSame(diff: SummaryDiff): boolean {
  return (
    diff.stages.every((s) => s.change === 'same') &&
    diff.settings.length === 0 &&
    diff.totals.every((t) => t.from === t.to)
  );
}

function side(summary: Summary): DiffSide {
  return { model: summary.model, ...(summary.point && { point: summary.point }) };
}

function diffSettings(from: Summary, to: Summary): Change<string | number | undefined>[] {
  const a = settingsOf(from);
  const b = settingsOf(to);
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((name) => ({ name, from: a.get(name), to: b.get(name) }))
    .filter((change) => change.from !== change.to);
}

function settingsOf({ point }: Summary): Map<string, string | number> {
  if (!point) return new Map();
  const { d, w, r, convention } = point;
  return new Map<string, string | number>([
    ...Object.entries({ d, w, r, convention }),
    ...Object.entries(point.params),
  ]);
}

/**
 * Stages with equal names side by side, in the order of `from`, with those that only `to` has at their positions there.
 */
function pairStages(
  from: readonly StageSummary[],
  to: readonly StageSummary[],
): [StageSummary | undefined, StageSummary | undefined][] {
  const places = new Map(to.map((stage, i) => [stage.id, i]));
  const common = new Set(from.map((stage) => stage.id).filter((id) => places.has(id)));
  const pairs: [StageSummary | undefined, StageSummary | undefined][] = [];
  let next = 0;
  const takeAddedBefore = (end: number) => {
    for (; next < end; next++) {
      const stage = to[next] as StageSummary;
      if (!common.has(stage.id)) pairs.push([undefined, stage]);
    }
  };
  for (const stage of from) {
    const place = places.get(stage.id);
    if (place !== undefined) takeAddedBefore(place);
    pairs.push([stage, place === undefined ? undefined : to[place]]);
  }
  takeAddedBefore(to.length);
  return pairs;
}

function diffStage(from: StageSummary | undefined, to: StageSummary | undefined): StageDiff {
  const numbers = Object.entries(stageNumbers).map(([name, read]) =>
    numberChange(name, from ? read(from) : 0, to ? read(to) : 0),
  );
  const operator = { name: 'operator', from: from?.operator, to: to?.operator };
  const kernels = { name: 'kernels', from: from?.kernels ?? [], to: to?.kernels ?? [] };
  const activations = { name: 'activations', from: from?.activations ?? [], to: to?.activations ?? [] };
  const same =
    numbers.every((n) => n.from === n.to) &&
    operator.from === operator.to &&
    JSON.stringify(kernels.from) === JSON.stringify(kernels.to) &&
    activations.from.join() === activations.to.join();
  const change = !from ? 'added' : !to ? 'removed' : same ? 'same' : 'changed';
  return { id: (from ?? to)?.id ?? '', change, operator, numbers, kernels, activations };
}

function numberChange(name: string, from: number, to: number): NumberChange {
  return { name, from, to, ratio: from === 0 ? null : to / from };
}
