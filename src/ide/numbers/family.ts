import type { ModelNode } from '../../1-parse/ast.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { variantRows } from '../../3-check/variants.ts';
import { scalingOf } from '../../4-scale/choose-factors.ts';
import type { ScalingPoint, ScalingRequest } from '../../4-scale/scaling.ts';
import { memoise } from '../../memoise.ts';
import { type AllStageNumbers, allStageNumbers } from '../../report/stage-numbers.ts';
import type { Analysis } from '../core/analysis.ts';
import { type NetworkNumbers, networkNumbers, networkOf } from './network-numbers.ts';

/** A network in numbers, without its graph. */
export interface MemberNumbers extends NetworkNumbers {
  readonly point: ScalingPoint;
  readonly stages: AllStageNumbers;
}

/** A published member of a family: its numbers; null if it cannot be built, undefined if it has not been built yet. */
export interface FamilyMember {
  readonly name: string;
  readonly numbers: MemberNumbers | null | undefined;
}

/** Of more members than this no numbers are shown: each takes a network. */
export const mostMembers = 24;

/** By what a model means: an edit elsewhere leaves them. */
const membersOf = memoise((_: Declared) => new Map<string, MemberNumbers | null>());

function keptFor(analysis: Analysis, model: ModelNode): Map<string, MemberNumbers | null> {
  const declared = analysis.module.scope.get(model.name.name);
  // of two models of one name the first is the one that the file declares
  return declared?.node === model ? membersOf(declared) : new Map();
}

/** The members that a model's `variants` name, in order, with what is known about them: builds nothing. */
export function knownFamily(analysis: Analysis, model: ModelNode): FamilyMember[] {
  const kept = keptFor(analysis, model);
  return namesOf(model).map((name) => ({ name, numbers: kept.get(keyOf({ variant: name })) }));
}

/** The same with all of them built. */
export function familyOf(analysis: Analysis, model: ModelNode): FamilyMember[] {
  return namesOf(model).map((name) => ({ name, numbers: memberNumbers(analysis, model, { variant: name }) ?? null }));
}

/** A model's numbers at a frequently shown point of its family. Built once per meaning of the model. */
export function memberNumbers(
  analysis: Analysis,
  model: ModelNode,
  request: ScalingRequest,
): MemberNumbers | undefined {
  const kept = keptFor(analysis, model);
  const key = keyOf(request);
  const before = kept.get(key);
  if (before !== undefined) return before ?? undefined;
  const network = networkOf(analysis, model, request);
  const numbers = network && {
    ...networkNumbers(network),
    point: network.point,
    stages: allStageNumbers(network.graph),
  };
  // if an error elsewhere prevents building the whole model, nothing is known about its members
  if (numbers || networkOf(analysis, model)) kept.set(key, numbers ?? null);
  return numbers;
}

/** Whether a point of a model's family was measured, or was found to have no network. */
export function isMeasured(analysis: Analysis, model: ModelNode, request: ScalingRequest): boolean {
  return keptFor(analysis, model).has(keyOf(request));
}

/** The names of a model's members, if there are not too many. */
export function namesOf(model: ModelNode): string[] {
  const names = [...variantRows(model).keys()];
  return names.length <= mostMembers ? names : [];
}

function keyOf(request: ScalingRequest): string {
  return JSON.stringify(request);
}

/** What the formula gives at a phi. */
export interface CurvePoint {
  readonly phi: number;
  readonly params: number;
  readonly macs: number;
  readonly resolution?: number;
}

/**
 * The networks that the formula gives at whole phis, from -1 to the last phi that a row of the family names, at least 3
 * and at most 8: larger networks would not show more. Empty where the scaling is not a formula, and where its networks
 * are not to be built.
 */
export function formulaCurve(analysis: Analysis, model: ModelNode): readonly CurvePoint[] {
  return curveRequests(model).flatMap((request) => {
    const numbers = memberNumbers(analysis, model, request);
    if (numbers?.point.phi !== request.phi) return [];
    const { params, macs, resolution } = numbers;
    return [{ phi: request.phi, params, macs, ...(resolution > 0 && { resolution }) }];
  });
}

/** The points of a model's curve; none if its scaling is not a formula. */
export function curveRequests(model: ModelNode): { readonly phi: number; readonly rule: 'formula' }[] {
  if (scalingOf(model)?.variable === undefined) return [];
  return Array.from({ length: lastPhi(model) + 2 }, (_, i) => ({ phi: i - 1, rule: 'formula' }));
}

function lastPhi(model: ModelNode): number {
  const phis = [...variantRows(model).keys()].flatMap((name) => phiOf(model, name) ?? []);
  return Math.min(8, Math.max(3, ...phis));
}

/**
 * Builds one more network of the families of a document, so that hovers and previews find all of them measured and nothing else waits long.
 * @param what the published members, or the points of the curve over phi as well
 * @returns whether any is left
 */
export function measureNext(analysis: Analysis, what: 'members' | 'members and curve' = 'members'): boolean {
  const left = analysis.module.ast.declarations.flatMap((model) => {
    const { name } = model.name;
    // of two models of one name the first is the one that the file declares; one with errors has no networks
    if (model.kind !== 'model' || analysis.module.scope.get(name)?.node !== model || !analysis.network(name)) return [];
    const members = namesOf(model).map((variant) => ({ variant }));
    return [...members, ...(what === 'members' ? [] : curveRequests(model))]
      .filter((request) => !isMeasured(analysis, model, request))
      .map((request) => ({ model, request }));
  });
  const [next] = left;
  if (next) memberNumbers(analysis, next.model, next.request);
  return left.length > 1;
}

/** The phi that a row names, where it is written as a number. */
export function phiOf(model: ModelNode, name: string): number | undefined {
  const cell = variantRows(model).get(name)?.cell('phi')?.values[0];
  return cell?.kind === 'number' ? cell.value : undefined;
}
