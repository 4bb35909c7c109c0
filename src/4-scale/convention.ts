import type { ModelNode } from '../1-parse/ast.ts';
import { stepSettings } from '../3-check/signature.ts';
import type { Span } from '../source.ts';
import { evaluate } from './evaluate.ts';
import { type Evaluator, fail } from './evaluation.ts';
import type { ConventionPoint, ConventionSettings, ScalingRequest } from './scaling.ts';
import { type Binding, describeValue, type Env, type Value } from './values.ts';

/**
 * The frameworks' conventions. `tf`: SAME padding from the input's size, the odd pixel at the bottom and right; epsilon and
 * momentum as in tensorflow/tpu's EfficientNet. `torch`: symmetric padding; epsilon and momentum as in torch.nn.BatchNorm2d
 * (whose momentum 0.1 is the share of the new value, 0.9 of the old); average pools count padding.
 */
export const conventions: Readonly<Record<'tf' | 'torch', ConventionSettings>> = {
  tf: { padding: 'same', epsilon: 1e-3, momentum: 0.99, countPad: false },
  torch: { padding: 'symmetric', epsilon: 1e-5, momentum: 0.9, countPad: true },
};

/** The convention of a model that states none and is used by none that does. */
export const defaultConvention: ConventionPoint = { name: 'tf', origin: 'default', ...conventions.tf };

/** The conventions in a request. */
export type AskedConvention = Pick<ScalingRequest, 'convention' | 'conventionSettings' | 'sources'>;

/**
 * The convention of a model: that of the weights it takes, else the command line's, else its own, else that of the model
 * which uses it. Its overrides, `convention torch(epsilon: 1e-3)`, belong to the stated one and are dropped when the
 * command line chooses the other.
 */
export function chooseConvention(
  ev: Evaluator,
  env: Env,
  model: ModelNode,
  { convention: asked, conventionSettings, sources }: AskedConvention,
  outer: ConventionPoint | undefined,
): ConventionPoint {
  const source = sources?.[env.path];
  if (source) return { name: source.name, origin: 'override', ...conventions[source.name], ...source.settings };
  if (asked && conventionSettings) {
    return { name: asked, origin: 'override', ...conventions[asked], ...conventionSettings };
  }
  const stated = model.members.find((m) => m.kind === 'convention');
  const name = asked ?? (stated?.name.name as 'tf' | 'torch' | undefined);
  if (!name) return outer ?? defaultConvention;
  const origin = asked && asked !== stated?.name.name ? 'override' : 'default';
  const base: ConventionPoint = { name, origin, ...conventions[name] };
  if (!stated || stated.name.name !== name) return base;
  const settings: Partial<ConventionSettings> = {};
  for (const { name: setting, value } of stated.args) {
    Object.assign(settings, settingOf(setting?.name ?? '', evaluate(ev, env, value), value.span));
  }
  return { ...base, ...settings };
}

/** A setting of a convention, as the language names it. */
function settingOf(key: string, value: Value, span: Span): Partial<ConventionSettings> {
  if (
    key === 'padding' &&
    typeof value === 'object' &&
    'kind' in value &&
    value.kind === 'padding' &&
    value.name !== 'valid' &&
    value.name !== 'default'
  ) {
    return { padding: value.name };
  }
  if ((key === 'epsilon' || key === 'momentum') && typeof value === 'number') return { [key]: value };
  if (key === 'count_pad' && typeof value === 'boolean') return { countPad: value };
  return fail('wrong-type', span, { what: `'${key}'`, expected: 'another kind of value', found: describeValue(value) });
}

/**
 * The convention of a model that is a step, with the settings that its call gives, and those of the calls around it. Like the
 * model's own settings they are dropped when the command line chooses a convention.
 */
export function withStepSettings(
  convention: ConventionPoint,
  model: ModelNode,
  given: ReadonlyMap<string, Binding>,
  { convention: asked, sources }: AskedConvention,
  { path, span, outer }: { readonly path: string; readonly span: Span; readonly outer: ConventionPoint },
): ConventionPoint {
  if (asked || sources?.[path]) return convention;
  const settings: Partial<ConventionSettings> = { ...outer.given };
  for (const [name] of stepSettings(model)) {
    const value = given.get(name)?.value;
    if (value !== undefined) Object.assign(settings, settingOf(name, value, span));
  }
  // the convention itself where nothing is set, which distinguishes the default from a stated one
  return Object.keys(settings).length === 0 ? convention : { ...convention, ...settings, given: settings };
}
