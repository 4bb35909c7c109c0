import type { Declared } from '../../2-resolve/program.ts';
import { type Graph, inputShapeOf } from '../../5-graph/graph.ts';
import { isTrainingOnly } from '../../ops/ops.ts';
import { textOf } from './ast-index.ts';
import type { Instance, Item, ValueKey } from './instances.ts';

/** A value within a class: an input by its number, or an output of a slot. */
export type Ref = string;

export function inputRef(number: number): Ref {
  return `in/${number}`;
}

/** A step of a class: the items at one place in the block's text, over all of its calls. */
export interface ClassStep {
  /** Where it is: the source, and what distinguishes it from others there. */
  readonly key: string;
  readonly inputs: readonly Ref[];
  /** The item of each instance, by its number; undefined where a condition leaves the step out. */
  readonly items: readonly (Item | undefined)[];
}

/** A class: calls of one block that consist of the same steps, except for some that a condition leaves out. */
export interface Variant {
  readonly slots: readonly ClassStep[];
  readonly instances: readonly Instance[];
  readonly outputs: readonly Ref[];
}

/** A key for the class of a call item; equal for calls of one class. */
export type ClassOf = (instance: Instance) => string;

/**
 * The classes that the calls of one block need: as few as their steps allow. Calls whose steps are ordered differently, or
 * read other values, belong to another class.
 */
export function joinInstances(graph: Graph, instances: readonly Instance[], classOf: ClassOf): readonly Variant[] {
  const variants: Variant[] = [];
  for (const instance of instances) {
    const single = variantOf(graph, instance, classOf);
    let isJoined = false;
    for (let i = 0; i < variants.length && !isJoined; i++) {
      const joined = join(variants[i] as Variant, single);
      if (joined) variants[i] = joined;
      isJoined = joined !== undefined;
    }
    if (!isJoined) variants.push(single);
  }
  return variants;
}

function variantOf(graph: Graph, instance: Instance, classOf: ClassOf): Variant {
  const refs = new Map<ValueKey, Ref>();
  instance.inputs.forEach((value, i) => {
    refs.set(value, inputRef(i));
  });
  const seen = new Map<string, number>();
  const slots = instance.items.map((item): ClassStep => {
    const base = baseKey(graph, item, classOf);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    const key = count === 0 ? base : `${base}#${count}`;
    const inputs = item.inputs.map((value) => refs.get(value) as Ref);
    item.outputs.forEach((value, i) => {
      refs.set(value, `${key}/${i}`);
    });
    return { key, inputs, items: [item] };
  });
  return { slots, instances: [instance], outputs: instance.outputs.map((value) => refs.get(value) as Ref) };
}

function baseKey(graph: Graph, item: Item, classOf: ClassOf): string {
  if (item.kind === 'call') {
    const { span } = item.instance.call;
    return `${span.source.name}:${span.start}:${item.path}:${classOf(item.instance)}`;
  }
  const { node } = item;
  const rank = inputShapeOf(graph, node).length;
  return `${node.span.source.name}:${node.span.start}:${item.path}:${node.op.kind}${rank}:${node.inputs.length}:${node.shapes.length}`;
}

/** Merges two classes; undefined where that has no meaning. */
function join(a: Variant, b: Variant): Variant | undefined {
  if (a.instances[0]?.inputs.length !== b.instances[0]?.inputs.length) return undefined;
  if (a.outputs.length !== b.outputs.length) return undefined;
  const keys = joinOrders(
    a.slots.map(({ key }) => key),
    b.slots.map(({ key }) => key),
  );
  if (!keys) return undefined;
  const place = new Map(keys.map((key, i) => [key, i]));
  const placeOf = (ref: Ref) => place.get(ref.slice(0, ref.lastIndexOf('/'))) ?? -1;
  const later = (x: Ref, y: Ref) => (placeOf(y) > placeOf(x) ? y : x);
  const [inA, inB] = [byKey(a), byKey(b)];
  const none = (variant: Variant): undefined[] => variant.instances.map(() => undefined);
  const slots = keys.map((key): ClassStep => {
    const [x, y] = [inA.get(key), inB.get(key)];
    let inputs = x && y ? x.inputs.map((ref, i) => later(ref, y.inputs[i] as Ref)) : ((x ?? y) as ClassStep).inputs;
    // where each call has one of two steps, the second reads the first
    const before = keys[(place.get(key) as number) - 1];
    const other = before === undefined ? undefined : (x ? inB : inA).get(before);
    const isEither = !(x && y) && other !== undefined && !(x ? inA : inB).has(before as string);
    if (isEither && other.inputs[0] === inputs[0]) inputs = [`${before}/0`, ...inputs.slice(1)];
    return { key, inputs, items: [...(x?.items ?? none(a)), ...(y?.items ?? none(b))] };
  });
  const outputs = a.outputs.map((ref, i) => later(ref, b.outputs[i] as Ref));
  const joined: Variant = { slots, instances: [...a.instances, ...b.instances], outputs };
  const [
    {
      call: { declared },
    },
  ] = a.instances as readonly [Instance];
  const paths = new Map<string, string>();
  for (const { key, items } of slots) {
    const path = items.find((item) => item !== undefined)?.path ?? '';
    if (items.includes(undefined) && !mayLack(items.find((item) => item !== undefined) as Item, declared))
      return undefined;
    if (path === '') continue;
    if (paths.has(path) && paths.get(path) !== key) return undefined;
    paths.set(path, key);
  }
  return isRight(joined) ? joined : undefined;
}

/** Whether some calls of a block can lack a step: by a condition, or because it does nothing there. */
function mayLack(item: Item, declared: Declared): boolean {
  if (item.kind === 'call') return true;
  const { op, span } = item.node;
  if (isTrainingOnly(op) || op.kind === 'activation') return true;
  return textOf(declared).step(span)?.condition !== undefined;
}

function byKey(variant: Variant): ReadonlyMap<string, ClassStep> {
  return new Map(variant.slots.map((slot) => [slot.key, slot]));
}

/** An order that agrees with both; undefined where they disagree. */
function joinOrders(a: readonly string[], b: readonly string[]): string[] | undefined {
  const [inA, inB] = [new Set(a), new Set(b)];
  const all: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]];
    if (x !== undefined && x === y) {
      all.push(x);
      i++;
      j++;
    } else if (x !== undefined && !inB.has(x)) {
      all.push(x);
      i++;
    } else if (y !== undefined && !inA.has(y)) {
      all.push(y);
      j++;
    } else return undefined;
  }
  return all;
}

/**
 * Whether each instance reads in the class what it reads itself, given that a step that is left out passes its input
 * on.
 */
function isRight({ slots, instances, outputs }: Variant): boolean {
  return instances.every((instance, number) => {
    const values = new Map<Ref, ValueKey>();
    instance.inputs.forEach((value, i) => {
      values.set(inputRef(i), value);
    });
    for (const { key, inputs, items } of slots) {
      const item = items[number];
      if (!item) {
        const passed = inputs[0] === undefined ? undefined : values.get(inputs[0]);
        if (passed !== undefined) values.set(`${key}/0`, passed);
        continue;
      }
      if (item.inputs.length !== inputs.length) return false;
      if (!item.inputs.every((value, i) => values.get(inputs[i] as Ref) === value)) return false;
      item.outputs.forEach((value, i) => {
        values.set(`${key}/${i}`, value);
      });
    }
    return outputs.every((ref, i) => values.get(ref) === instance.outputs[i]);
  });
}
