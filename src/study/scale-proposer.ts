import type { DeclaredModel } from '../2-resolve/program.ts';
import { compileSpec } from '../compile-spec.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import type { Spec } from '../node/open-spec.ts';
import { nextInt } from '../search/algorithms/random.ts';
import { isWithinBudgets } from '../search/costs.ts';
import { type Factors, type ScaleCandidates, type ScaledNetwork, scaleCandidates } from '../search/scale/candidates.ts';
import { type ComparedNetwork, comparedLines } from '../search/scale/compared-lines.ts';
import { RunError } from '../train/run-error.ts';
import { randomState } from '../weights/random.ts';
import type { Proposer } from './explore.ts';
import type { Findings } from './findings.ts';
import type { ScaleSettings, StudyConfig } from './study-config.ts';
import { hasNetwork, type StudyFolder, writeNetwork } from './study-folder.ts';
import type { Subject } from './trainer.ts';
import type { TrialRecord } from './trial-log.ts';

/** A family and the candidates for its coefficients. */
export interface OpenedScaling extends ScaleCandidates {
  readonly model: DeclaredModel;
}

/** A way of scaling at equal computation, trained. */
export interface ComparedRecord {
  readonly line: string;
  readonly multiple: number;
  readonly factors: Factors;
  readonly record: TrialRecord;
}

/** Opens the family of a spec. @throws RunError for a spec that does not build or scale */
export function openScaling(spec: Spec, { network, scale, budgets, trials, seed }: StudyConfig): OpenedScaling {
  const { model, diagnostics } = compileSpec(spec, network);
  if (!model || hasErrors(diagnostics)) throw new RunError('the spec does not compile', { diagnostics });
  const found = scaleCandidates(model, network, scale as ScaleSettings);
  if ('severity' in found) throw new RunError('the spec cannot be scaled', { diagnostics: [found] });
  const candidates = found.candidates.filter(({ costs }) => isWithinBudgets(costs, budgets));
  return { ...found, model, candidates: sampled(candidates, trials, seed) };
}

/** This many of the candidates, in order. */
function sampled(candidates: readonly ScaledNetwork[], count: number, seed: number): readonly ScaledNetwork[] {
  const left = [...candidates];
  const random = randomState(seed, 'scale candidates');
  while (left.length > count) left.splice(nextInt(random, left.length), 1);
  return left;
}

/** Proposes the candidates in the order of the grid. The base network is the starting point. */
export function createScaleProposer(
  folder: StudyFolder,
  config: StudyConfig,
  spec: Spec,
  { base, candidates }: OpenedScaling,
): { readonly proposer: Proposer; readonly start: Subject } {
  const subjects = [base, ...candidates].map((network, trial) => subjectOf(folder, config, spec, network, trial));
  const [start, ...others] = subjects as [Subject, ...Subject[]];
  return {
    start,
    proposer: {
      propose() {
        const subject = others.shift();
        return subject && { subject, learn: () => {} };
      },
    },
  };
}

/** What the findings are compared with, numbered after the candidates. */
export function comparedSubjects(
  folder: StudyFolder,
  config: StudyConfig,
  spec: Spec,
  scaling: OpenedScaling,
  findings: Findings,
): Subject[] {
  return comparisons(config, scaling, findings).map((network, i) => {
    const subject = subjectOf(folder, config, spec, network, scaling.candidates.length + 1 + i);
    return { ...subject, point: { line: network.line, multiple: network.multiple, ...subject.point } };
  });
}

/** The same, those that are trained for as long as the candidates. */
export function comparedRecords(
  config: StudyConfig,
  scaling: OpenedScaling,
  findings: Findings,
  records: readonly TrialRecord[],
): ComparedRecord[] {
  return comparisons(config, scaling, findings).flatMap(({ line, multiple, factors, network }) => {
    const record = records.find((one) => one.network === network && one.rung === config.rungs.length - 1);
    return record ? [{ line, multiple, factors, record }] : [];
  });
}

function comparisons(config: StudyConfig, { model, base }: OpenedScaling, { best }: Findings): ComparedNetwork[] {
  if (!best) return [];
  const { compare } = config.scale as ScaleSettings;
  return compare.flatMap((multiple) => comparedLines(model, config.network, base, multiple, factorsOf(best)));
}

export function factorsOf({ point }: Pick<TrialRecord, 'point'>): Factors {
  return { d: Number(point.d), w: Number(point.w), r: Number(point.r) };
}

function subjectOf(
  folder: StudyFolder,
  config: StudyConfig,
  { source }: Spec,
  { network, costs, factors, request }: ScaledNetwork,
  trial: number,
): Subject {
  if (!hasNetwork(folder, config, network)) writeNetwork(folder, config, network, source.text);
  return { trial, network, costs, point: { ...factors }, request };
}
