import type { ConventionSettings } from '../../4-scale/scaling.ts';
import { createNames } from '../names.ts';
import type { SaidArg, SaidCall } from '../say-op.ts';
import type { BlockUse } from './instances.ts';
import type { Reading } from './reading.ts';
import { type BlockArgument, type BlockStep, stepsOf } from './slots.ts';

/** A parameter of a block that describes several parts of a network. */
export interface BlockParam {
  readonly name: string;
  readonly type: string;
  /** By use: its value as text. */
  readonly values: readonly string[];
}

/** The text of a block's steps, and the arguments of each use. */
export interface BlockCalls {
  readonly params: readonly BlockParam[];
  /** Values that several steps need: `hidden = x.channels * expand`. */
  readonly values: readonly { readonly name: string; readonly text: string }[];
  /** By place: `main.0`, `around.0`, `tail.0`. */
  readonly calls: ReadonlyMap<string, SaidCall>;
}

/** Undefined where no block can describe the uses. @throws Unsayable */
export function parametersOf(
  reading: Reading,
  instances: readonly BlockUse[],
  settings: ConventionSettings,
): BlockCalls | undefined {
  const steps = stepsOf(reading, instances, settings);
  if (!steps) return undefined;
  const channels = instances.map(({ input }) => reading.nodes[input]?.shapes[0]?.[0] ?? 0);
  const solved = solve(mainFirst(steps), channels);
  const calls = new Map<string, SaidCall>();
  for (const { place, said, slots } of steps) {
    const textOf = (slot: BlockArgument) => solved.texts.get(slot) as string;
    calls.set(place, callOf(said, slots, textOf));
  }
  return { params: solved.params, values: solved.values, calls };
}

function callOf(said: SaidCall, slots: readonly BlockArgument[], textOf: (slot: BlockArgument) => string): SaidCall {
  const [first] = slots;
  if (first?.type === 'activation') return { callee: textOf(first), args: [] };
  if (first?.name === 'shape.0') {
    const shape = { name: 'shape', text: `[${slots.map(textOf).join(', ')}]` };
    return { ...said, args: [shape, ...said.args.slice(1)] };
  }
  return { ...said, args: slots.map((slot): SaidArg => ({ name: slot.name, text: textOf(slot) })) };
}

/** All arguments, first the channels of the main path's result: others are shares and multiples of it. */
function mainFirst(steps: readonly BlockStep[]): readonly BlockArgument[] {
  const slots = steps.flatMap((step) => step.slots);
  const last = slots.findLast(({ place, name }) => place.startsWith('main.') && isCount(name) && name !== 'groups');
  return last ? [last, ...slots.filter((slot) => slot !== last)] : slots;
}

/** Whether an argument counts channels. */
function isCount(name: string): boolean {
  return ['channels', 'units', 'groups'].includes(name) || name.startsWith('shape.');
}

interface Solved {
  readonly texts: ReadonlyMap<BlockArgument, string>;
  readonly params: readonly BlockParam[];
  readonly values: readonly { readonly name: string; readonly text: string }[];
}

/** A text for each argument: itself where it is the same in all uses, else what it is computed from. */
function solve(slots: readonly BlockArgument[], input: readonly number[]): Solved {
  const texts = new Map<BlockArgument, string>();
  const params: BlockParam[] = [];
  const values: { readonly name: string; readonly text: string }[] = [];
  const names = createNames(['x', 'y', 'skip']);
  const known: { readonly text: string; readonly numbers: readonly number[] }[] = [
    { text: 'x.channels', numbers: input },
  ];
  const param = (wanted: string, type: string, list: readonly string[]) => {
    const name = names.unique(wanted);
    params.push({ name, type, values: list });
    return name;
  };
  for (const slot of slots) {
    const filled = slot.texts.map((text) => text ?? (slot.texts.find((one) => one !== undefined) as string));
    const given = slot.texts.filter((text) => text !== undefined);
    if (given.every((text) => text === given[0])) {
      texts.set(slot, given[0] as string);
      continue;
    }
    if (!isCount(slot.name)) {
      const same = params.find(({ type, values: list }) => type === slot.type && agrees(slot.texts, list));
      texts.set(slot, same?.name ?? param(slot.name === '' ? 'number' : slot.name, slot.type, filled));
      continue;
    }
    const numbers = slot.texts.map((text) => (text === undefined ? undefined : Number(text)));
    const computed = sameOrMultiple(known, numbers);
    if (computed !== undefined) {
      texts.set(slot, computed);
      continue;
    }
    const whole = filled.map(Number);
    const ratios = whole.map((n, i) => n / (input[i] as number));
    const distinct = (list: readonly number[]) => new Set(list).size;
    const expands = params.length > 0 && ratios.every(Number.isInteger) && distinct(ratios) < distinct(whole);
    const wanted = params.length === 0 ? 'channels' : slot.isOfGate ? 'reduced' : 'hidden';
    let text: string;
    if (expands) {
      const expand = param('expand', 'int', ratios.map(String));
      text = names.unique(wanted);
      values.push({ name: text, text: `x.channels * ${expand}` });
    } else text = param(wanted, 'int', filled);
    known.push({ text, numbers: whole });
    texts.set(slot, text);
  }
  return { texts, params, values };
}

/** Whether arguments are these, where there are any. */
function agrees(texts: readonly (string | undefined)[], values: readonly string[]): boolean {
  return texts.every((text, i) => text === undefined || text === values[i]);
}

/** Numbers as something known, or as a multiple or a share of it. */
function sameOrMultiple(
  known: readonly { readonly text: string; readonly numbers: readonly number[] }[],
  wanted: readonly (number | undefined)[],
): string | undefined {
  const texts = known.toReversed().map((one) => ({ one, text: multipleOf(one, wanted) }));
  const found = texts.find(({ one, text }) => text === one.text) ?? texts.find(({ text }) => text !== undefined);
  return found?.text;
}

/** Numbers as what is known, a multiple or a share of it: `channels / 4`. */
function multipleOf(
  { text, numbers }: { readonly text: string; readonly numbers: readonly number[] },
  wanted: readonly (number | undefined)[],
): string | undefined {
  const ratios = wanted.flatMap((n, i) => (n === undefined ? [] : [n / (numbers[i] as number)]));
  const [ratio = 0] = ratios;
  if (ratios.some((one) => one !== ratio) || ratio <= 0) return undefined;
  if (ratio === 1) return text;
  if (Number.isInteger(ratio)) return `${text} * ${ratio}`;
  return Number.isInteger(1 / ratio) ? `${text} / ${1 / ratio}` : undefined;
}
