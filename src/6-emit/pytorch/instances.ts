import type { Call } from '../../5-graph/calls.ts';
import { type Graph, type GraphNode, ownerPath, type ValueRef } from '../../5-graph/graph.ts';
import { textOf } from './ast-index.ts';

/** A value of the graph as text: node and output. */
export type ValueKey = string;

export function valueKey({ node, output }: ValueRef): ValueKey {
  return `${node}/${output}`;
}

/** A node that a class computes itself, or a call in it. */
export type Item = OpItem | CallItem;

interface ItemParts {
  /** The values that it reads, in the order of its parameters. */
  readonly inputs: readonly ValueKey[];
  /** The values that it gives and that something outside of it reads. */
  readonly outputs: readonly ValueKey[];
  /** What its tensors are named after, below what those of the class are; empty where it has none of its own. */
  readonly path: string;
}

export interface OpItem extends ItemParts {
  readonly kind: 'op';
  readonly node: GraphNode;
}

export interface CallItem extends ItemParts {
  readonly kind: 'call';
  readonly instance: Instance;
}

/** One call of a block or model that becomes a module. */
export interface Instance {
  readonly call: Call;
  readonly items: readonly Item[];
  readonly inputs: readonly ValueKey[];
  readonly outputs: readonly ValueKey[];
  /** Names directly below its own that tensors outside of it have: `hidden` of `head.hidden` next to the block `head`. */
  readonly foreign: ReadonlySet<string>;
}

/**
 * The calls of a graph as the modules that they become, under the network's own model. A call whose tensors are not all named
 * after it, such as where each use of a shared step has its own norms, belongs to its caller.
 */
export function readInstances(graph: Graph): Instance {
  const [root, ...calls] = graph.calls.filter((call, i) => i === 0 || call.end > call.first);
  if (!root) throw new Error('a graph without calls');
  const readers = lastReaders(graph);
  const paths = [...new Set(graph.nodes.filter((n) => n.tensors.length > 0).map(ownerPath))];
  let next = 0;

  const build = (call: Call): Instance => {
    const items = itemsOf(call, call.owner);
    const [first, end] = [call.first, call.end];
    const inside = graph.nodes.slice(first, end);
    const inputs = new Set<ValueKey>();
    for (const node of inside) {
      for (const ref of node.inputs) if (ref.node < first || ref.node >= end) inputs.add(valueKey(ref));
    }
    const outputs = inside.flatMap((node) =>
      node.shapes.flatMap((_, output) => {
        const value = valueKey({ node: node.id, output });
        return (readers.get(value) ?? -1) >= end ? [value] : [];
      }),
    );
    const foreign = new Set(foreignNames(call));
    return { call, items, inputs: [...inputs], outputs, foreign };
  };

  const foreignNames = (call: Call): string[] => {
    if (call.owner === '') return [];
    const inside = new Set(graph.nodes.slice(call.first, call.end).map(ownerPath));
    const prefix = `${call.owner}.`;
    return paths.flatMap((path) =>
      path.startsWith(prefix) && !inside.has(path) ? [path.slice(prefix.length).split('.')[0] as string] : [],
    );
  };

  const tensorsOf = (call: Call) =>
    graph.nodes.slice(call.first, call.end).flatMap((node) => (node.tensors.length > 0 ? [ownerPath(node)] : []));
  /** By the owner of a shared step: the tensors that its uses have; undefined where they have others. */
  const ofUses = new Map<string, string | undefined>();
  for (const call of calls) {
    if (call.owner === call.path) continue;
    const tensors = tensorsOf(call).join();
    const isSame = !ofUses.has(call.owner) || ofUses.get(call.owner) === tensors;
    ofUses.set(call.owner, isSame ? tensors : undefined);
  }
  const isNamedAfter = (call: Call) =>
    (call.owner === call.path || ofUses.get(call.owner) !== undefined) &&
    graph.nodes.slice(call.first, call.end).every((node) => {
      const path = ownerPath(node);
      return node.tensors.length === 0 || path === call.owner || path.startsWith(`${call.owner}.`);
    });

  /** What a call consists of, and the calls in it, which come next in the list. */
  const itemsOf = (call: Call, owner: string): Item[] => {
    const items: Item[] = [];
    let at = call.first;
    const addOps = (end: number) => {
      for (; at < end; at++) {
        const node = graph.nodes[at] as GraphNode;
        if (node.op.kind === 'input') continue;
        items.push({
          kind: 'op',
          node,
          inputs: node.inputs.map(valueKey),
          outputs: node.shapes.map((_, output) => valueKey({ node: node.id, output })),
          path: node.tensors.length > 0 ? below(ownerPath(node), owner) : '',
        });
      }
    };
    for (let inner = calls[next]; inner && inner.first < call.end; inner = calls[next]) {
      next++;
      addOps(inner.first);
      if (isNamedAfter(inner)) {
        const instance = build(inner);
        const isRow = textOf(call.declared).row(inner.span) !== undefined;
        const path = hasTensors(inner) || isRow ? below(inner.owner, owner) : '';
        items.push({ kind: 'call', instance, inputs: instance.inputs, outputs: instance.outputs, path });
      } else items.push(...itemsOf(inner, owner));
      at = inner.end;
    }
    addOps(call.end);
    return items;
  };

  const hasTensors = (call: Call) => graph.nodes.slice(call.first, call.end).some(({ tensors }) => tensors.length > 0);

  const whole = build(root);
  return {
    ...whole,
    inputs: graph.inputs.map((node) => valueKey({ node, output: 0 })),
    outputs: graph.outputs.map(({ value }) => valueKey(value)),
  };
}

function below(path: string, owner: string): string {
  if (owner === '') return path;
  return path === owner ? '' : path.slice(owner.length + 1);
}

/** By value: the number of the last node that reads it; past all nodes where it is an output. */
export function lastReaders(graph: Graph): ReadonlyMap<ValueKey, number> {
  const last = new Map<ValueKey, number>();
  for (const node of graph.nodes) for (const ref of node.inputs) last.set(valueKey(ref), node.id);
  for (const { value } of [...graph.outputs, ...graph.auxiliary]) last.set(valueKey(value), graph.nodes.length);
  return last;
}
