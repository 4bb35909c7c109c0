import type { Arg, AuxiliaryNode, InputNode, ModelNode, NameNode, SectionNode, Statement } from '../1-parse/ast.ts';
import { headOf } from '../1-parse/section-head.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { inputSettingProblem } from '../3-check/check-settings.ts';
import { checkScalar } from '../4-scale/check-value.ts';
import { choosePoint } from '../4-scale/choose-point.ts';
import { defaultConvention } from '../4-scale/convention.ts';
import { bind, joinPath } from '../4-scale/env.ts';
import { evaluate, evaluateBool, evaluateNumber, valueOfName } from '../4-scale/evaluate.ts';
import { fail, traced, warn } from '../4-scale/evaluation.ts';
import { noOverrides } from '../4-scale/overrides.ts';
import type { Preprocessing } from '../4-scale/preprocessing.ts';
import { factorNames, type ScalingPoint, type ScalingRequest } from '../4-scale/scaling.ts';
import {
  type ActivationValue,
  type Binding,
  type BlockValue,
  describeValue,
  type Env,
  type Flow,
  isList,
  type SectionValue,
  type TensorValue,
} from '../4-scale/values.ts';
import type { Span } from '../source.ts';
import { addNode, type Builder, beginCall, ownerOf } from './builder.ts';
import type { ModelUse } from './graph.ts';
import { callFirst, flowIn, lowerShared, lowerStep, type Site, tensorsIn } from './lower-chain.ts';
import { lowerStatement } from './lower-statement.ts';
import { lowerTable } from './lower-table.ts';

/** An output of a model. */
export interface ModelOutput {
  readonly name: string;
  readonly tensor: TensorValue;
  readonly span: Span;
}

/** What a model gives. */
export interface ModelFlow {
  readonly outputs: readonly ModelOutput[];
  /** Outputs that only training has; empty for a model that is a step of another. */
  readonly auxiliary: readonly (ModelOutput & { readonly weight: number })[];
}

/**
 * Builds the members of a model in order. A section takes the result of the section before; the first takes the inputs.
 * @param given the tensors used as inputs where the model is a step; otherwise input nodes are made
 */
export function lowerModel(b: Builder, model: ModelNode, env: Env, given?: readonly TensorValue[]): ModelFlow {
  let flow: Flow = { tensors: given ?? [] };
  const inputs: TensorValue[] = [];
  const auxiliary: (ModelOutput & { weight: number })[] = [];
  let last: { name: string; span: Span } | undefined;
  let outputs: readonly ModelOutput[] | undefined;
  for (const member of model.members) {
    if (member.kind === 'input') {
      const tensor = given?.[inputs.length] ?? lowerInput(b, env, member.name.name, member);
      bind(env, env.vars, member.name, { value: tensor });
      inputs.push(tensor);
      if (!last) flow = { tensors: inputs };
    } else if (member.kind === 'section') {
      flow = lowerSection(b, member, env, flow);
      const { name, span } = member.name;
      const value: SectionValue = { kind: 'section', path: joinPath(env.path, name), ...flow };
      bind(env, env.vars, member.name, { value });
      last = { name, span };
    } else if (member.kind === 'auxiliary') {
      if (!given) auxiliary.push(...outsideSections(b, env, member, () => lowerAuxiliary(b, member, env)));
    } else if (member.kind === 'return' || member.kind === 'assign' || member.kind === 'require') {
      const returned = outsideSections(b, env, member, () => lowerStatement(b, member, env));
      if (!returned) continue;
      outputs = returned.flatMap(({ label, text, tensors, span }) =>
        namedOutputs(label ?? (text || last?.name || 'output'), tensors, span),
      );
    }
  }
  // The check ensures that a model has a section or returns something.
  outputs ??= last ? namedOutputs(last.name, flow.tensors, last.span) : [];
  return { outputs, auxiliary };
}

/** Builds a statement of a model: steps with a label are separate stages, the others belong to the statement. */
function outsideSections<T>(b: Builder, env: Env, statement: Statement | AuxiliaryNode, build: () => T): T {
  const { place, loose } = b;
  const named = statement.kind === 'assign' ? statement.targets.find(({ name }) => name !== '_')?.name : undefined;
  b.place = { section: joinPath(env.path, named ?? (statement.kind === 'auxiliary' ? 'auxiliary' : 'output')) };
  b.loose = true;
  const built = build();
  b.place = place;
  b.loose = loose;
  return built;
}

function namedOutputs(name: string, tensors: readonly TensorValue[], span: Span): ModelOutput[] {
  return tensors.map((tensor, i) => ({ name: tensors.length === 1 ? name : `${name}.${i}`, tensor, span }));
}

/** The outputs of one `auxiliary`, each with its weight; none at weight 0. */
function lowerAuxiliary(b: Builder, { weight: written, outputs }: AuxiliaryNode, env: Env) {
  const weight = evaluateNumber(b.ev, env, written);
  if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) fail('auxiliary-weight', written.span, { weight });
  if (weight === 0) return [];
  return outputs.flatMap((value) => {
    const name = value.kind === 'name' ? value.text : 'auxiliary';
    return namedOutputs(name, tensorsIn(b, env, value), value.span).map((output) => ({ ...output, weight }));
  });
}

/** What a network records about a model in it. */
export function useOf(path: string, declared: DeclaredModel, { variant, convention }: ScalingPoint): ModelUse {
  return { path, declared, convention, ...(variant !== undefined && { variant }) };
}

function lowerInput(b: Builder, env: Env, name: string, member: InputNode): TensorValue {
  const { inputs, size } = b.overrides;
  const given = inputs.get(name);
  const written = given?.value ?? member.shape;
  const seen = given ? { ...env, meanings: given.meanings } : env;
  const { value, traces = [] } = traced(b.ev, () => evaluate(b.ev, seen, written));
  const what = `the shape of '${name}'`;
  if (!isList(value) || value.length !== 3) {
    const found = isList(value) ? `a list of ${value.length}` : describeValue(value);
    return fail('wrong-type', written.span, { what, expected: '[channels, height, width]', found });
  }
  for (const side of value) checkScalar(`each of ${what}`, 'int', side, written.span);
  const shape = (size ? [value[0], ...size] : value) as number[];
  const pictures = readPreprocessing(b, env, member, shape[0] as number);
  if (pictures) b.pictures.set(name, pictures);
  b.place = { section: name };
  const origin = { path: joinPath(env.path, name), span: member.span, traces: size ? [] : traces };
  return addNode(b, { kind: 'input', name }, [], origin, shape)[0] as TensorValue;
}

/** What the model states of an input's pictures. */
function readPreprocessing(b: Builder, env: Env, member: InputNode, channels: number): Preprocessing | undefined {
  if (member.args.length === 0) return undefined;
  const input = member.name.name;
  const given = (name: string) => member.args.find((a) => a.name?.name === name);
  const read = (name: string, otherwise: number): readonly number[] => {
    const arg = given(name);
    const value = arg ? evaluate(b.ev, env, arg.value) : Array.from({ length: channels }, () => otherwise);
    const list = isList(value) ? value : [];
    if (list.every((n): n is number => typeof n === 'number')) {
      if (list.length === channels) return list;
      if (b.overrides.inputs.has(input) && list.length > 0) return averaged(b, member, list, channels);
    }
    const expected = channels === 1 ? 'a number for its channel' : `a number for each of ${channels} channels`;
    return fail('wrong-type', arg?.span ?? member.span, {
      what: `'${name}'`,
      expected,
      found: `a list of ${list.length}`,
    });
  };
  const bgr = given('bgr');
  const isBgr = bgr !== undefined && evaluate(b.ev, env, bgr.value) === true;
  const normalises = given('mean') || given('std') || bgr;
  return {
    ...(normalises && { mean: read('mean', 0), std: read('std', 1) }),
    ...(isBgr && { channelOrder: 'bgr' }),
    ...readSetting(b, env, given('crop'), 'crop'),
    ...readSetting(b, env, given('interpolation'), 'interpolation'),
  };
}

function readSetting(b: Builder, env: Env, arg: Arg | undefined, name: 'crop' | 'interpolation'): Preprocessing {
  if (!arg) return {};
  const value = evaluate(b.ev, env, arg.value);
  const word = typeof value === 'object' && 'kind' in value && value.kind === 'interpolation' ? value.name : value;
  const problem = inputSettingProblem(name, word);
  if (problem) fail('wrong-type', arg.value.span, { what: `'${name}'`, ...problem });
  checkScalar(`'${name}'`, name === 'crop' ? 'real' : name, value, arg.value.span);
  return { [name]: word };
}

/** For a number of channels that the model was not written for: each takes the average, as for gray pictures. */
function averaged(b: Builder, { name, span }: InputNode, list: readonly number[], channels: number): number[] {
  warn(b.ev, 'normalisation-averaged', span, { input: name.name, channels, given: list.length });
  const average = list.reduce((sum, n) => sum + n, 0) / list.length;
  return Array.from({ length: channels }, () => Number(average.toFixed(6)));
}

function lowerSection(b: Builder, section: SectionNode, env: Env, before: Flow): Flow {
  const path = joinPath(env.path, section.name.name);
  const inner: Env = { ...env, path, sharedBelow: env.path };
  const outer = b.place;
  const callee = calledAlone(section, env);
  b.place = { section: path, ...(callee !== undefined && { callee }) };
  const start = b.nodes.length;
  const first = lowerFirst(b, section, inner, before);
  if (section.label && !section.share) b.ev.results.set(joinPath(path, section.label.name), first);
  let flow = first;
  let cut = false;
  for (const step of section.steps) {
    if (step.tail.rows)
      cut = b.nodes.slice(start).some(({ place }) => place.section === path && place.row === undefined);
    else if (cut) {
      // Otherwise the parts before and after the rows would be one stage.
      b.place = { section: joinPath(path, step.label?.name ?? step.callee.text) };
      cut = false;
    }
    flow = lowerStep(b, step, flow, inner);
  }
  b.ev.results.set(path, flow);
  b.place = outer;
  return flow;
}

/** The name of the block that makes up a whole section. */
function calledAlone(section: SectionNode, env: Env): string | undefined {
  const { callee } = headOf(section);
  if (!callee || section.tail.rows || section.steps.length > 0) return undefined;
  const value = callableValue(env, callee);
  return value?.kind === 'block' && value.signature.declared?.kind === 'block' ? value.signature.name : undefined;
}

/** The first element of a section: a step over the preceding value, or a value to start from. */
function lowerFirst(b: Builder, section: SectionNode, env: Env, before: Flow): Flow {
  const { first, tail } = section;
  if (tail.condition && !evaluateBool(b.ev, env, tail.condition)) return before;
  const { callee, args } = headOf(section);
  const value = callee && callableValue(env, callee);
  if (!callee || !value) return flowIn(b, env, first);
  const { span } = callee;
  const { share, label } = section;
  const build = (site: Site) =>
    tail.rows
      ? lowerTable(b, { callee: value, args, rows: tail.rows, env, site }, before.tensors, true)
      : callFirst(b, value, args, before, env, site);
  if (share && label) return lowerShared(b, { share, label, span }, env, build);
  return build({ span, path: joinPath(env.path, label?.name ?? ''), labelled: true });
}

function callableValue(env: Env, name: NameNode): BlockValue | ActivationValue | undefined {
  const value = valueOfName(env, name);
  if (typeof value !== 'object' || isList(value)) return undefined;
  return value.kind === 'block' || value.kind === 'activation' ? value : undefined;
}

/** The point of its family at which a step takes a model. */
function requestOf(bindings: ReadonlyMap<string, Binding>): ScalingRequest {
  const numbers = (['phi', ...factorNames] as const).flatMap((name) => {
    const value = bindings.get(name)?.value;
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  const variant = bindings.get('variant')?.value;
  const isRow = typeof variant === 'object' && !isList(variant) && variant.kind === 'variant' && variant.name !== '';
  return { ...Object.fromEntries(numbers), ...(isRow && { variant: variant.name }) };
}

/** Builds a model that another uses as a step: a block whose arguments are its parameters and its variant. */
export function lowerModelStep(
  b: Builder,
  declared: DeclaredModel,
  bindings: ReadonlyMap<string, Binding>,
  tensors: readonly TensorValue[],
  outer: Env,
  site: Site,
): Flow {
  b.unkept++;
  const request = { ...b.asked, ...requestOf(bindings) };
  const context = { path: site.path, given: bindings, outer: outer.convention, span: site.span };
  const { env, point } = choosePoint(b.ev, declared, request, noOverrides, context);
  const path = ownerOf(b, site.path);
  if (!b.models.some((m) => m.path === path)) b.models.push(useOf(path, declared, point));
  if (outer.convention !== defaultConvention && env.convention.name !== outer.convention.name) {
    const data = { outer: outer.convention.name, inner: env.convention.name, model: declared.node.name.name };
    warn(b.ev, 'conventions-differ', site.span, data);
  }
  const call = beginCall(b, declared, site, env.vars, bindings);
  const { outputs } = lowerModel(b, declared.node, env, tensors);
  call.end = b.nodes.length;
  return { tensors: outputs.map((o) => o.tensor) };
}
