import type { ModelNode } from '../../1-parse/ast.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { variantRows } from '../../3-check/variants.ts';
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
