import type { ConventionSettings } from '../../4-scale/scaling.ts';
import { descriptorOf } from '../../ops/ops.ts';
import type { Pair } from '../../ops/pair.ts';
import type { Otherwise, ParamType } from '../../ops/signature.ts';
import { callText, numberText, pairText, type SaidCall, sayOp } from '../say-op.ts';
import type { BlockUse } from './instances.ts';
import type { Reading } from './reading.ts';

/** An argument of a step of a block, over the uses of the block. */
export interface BlockArgument {
  /** Of the step: `main.0`, `around.0`, `tail.0`. */
  readonly place: string;
  readonly name: string;
  readonly type: ParamType | 'activation';
  /** Whether the step before pools all space away, as a gate does. */
  readonly isOfGate: boolean;
  /** By use, as text; undefined for those that have no such step. */
  readonly texts: readonly (string | undefined)[];
}

/** A step of a block. */
export interface BlockStep {
  readonly place: string;
  /** A use of it. */
  readonly said: SaidCall;
  readonly slots: readonly BlockArgument[];
}

/**
 * The steps of a block with all their arguments; undefined where one use leaves open what another must state. @throws Unsayable
 */
export function stepsOf(
  reading: Reading,
  instances: readonly BlockUse[],
  settings: ConventionSettings,
): readonly BlockStep[] | undefined {
  const steps: BlockStep[] = [];
  for (const part of ['main', 'around', 'tail'] as const) {
    const lists = instances.map((instance) => (instance[part] === 'none' ? [] : (instance[part] as readonly number[])));
    for (let i = 0; i < Math.max(...lists.map((list) => list.length)); i++) {
      const ids = lists.map((list) => list[i]);
      const isOfGate = steps.at(-1)?.said.callee === 'GlobalAvgPool';
      const step = stepAt(reading, `${part}.${i}`, ids, settings, isOfGate);
      if (!step) return undefined;
      steps.push(step);
    }
  }
  return steps;
}

function stepAt(
  { nodes }: Reading,
  place: string,
  ids: readonly (number | undefined)[],
  settings: ConventionSettings,
  isOfGate: boolean,
): BlockStep | undefined {
  const calls = ids.map((id) => {
    if (id === undefined) return undefined;
    const { op, inputs } = nodes[id]!;
    const [x] = inputs;
    return sayOp(op, (x && nodes[x.node]?.shapes[x.output]) ?? [], settings);
  });
  const said = calls.find((call) => call !== undefined) as SaidCall;
  const { op } = nodes[ids.find((id) => id !== undefined) as number]!;
  if (op.kind === 'activation') {
    const texts = calls.map((call) => call && callText(call));
    return { place, said, slots: [{ place, name: 'act', type: 'activation', isOfGate, texts }] };
  }
  if (op.kind === 'weight') {
    const axes = calls.map((call) => call?.args[0]?.text.slice(1, -1).split(', '));
    const slots = op.shape.map((_, axis): BlockArgument => {
      return { place, name: `shape.${axis}`, type: 'int', isOfGate, texts: axes.map((list) => list?.[axis]) };
    });
    return { place, said, slots };
  }
  const { params = {} } = descriptorOf(op).signature ?? {};
  const names = new Set(calls.flatMap((call) => (call ? call.args.map(({ name }) => name) : [])));
  const slots: BlockArgument[] = [];
  const order = ['', ...Object.keys(params)].filter((name) => names.has(name));
  for (const name of order) {
    const texts = calls.map((call) => {
      if (!call) return undefined;
      const own = call.args.find((arg) => arg.name === name)?.text;
      return own ?? defaultText(name, call, params[name]?.otherwise, settings);
    });
    if (texts.some((text, i) => text === undefined && calls[i])) return undefined;
    slots.push({ place, name, type: params[name]?.type ?? 'real', isOfGate, texts });
  }
  return { place, said, slots };
}

/** What holds where a call leaves an argument open. */
function defaultText(
  name: string,
  { callee, args }: SaidCall,
  otherwise: Otherwise<unknown> | undefined,
  settings: ConventionSettings,
): string | undefined {
  if (name === 'stride' && callee.endsWith('Pool')) return args.find((arg) => arg.name === 'kernel')?.text;
  if (!otherwise) return undefined;
  if ('convention' in otherwise) {
    const { convention } = otherwise;
    return convention === 'padding' ? 'default' : valueText(settings[convention]);
  }
  return valueText(otherwise.value);
}

function valueText(value: unknown): string | undefined {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean' || typeof value === 'string') return String(value);
  return Array.isArray(value) ? pairText(value as unknown as Pair) : undefined;
}
