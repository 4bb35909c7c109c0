import type { ValueRef } from '../5-graph/graph.ts';
import { descriptorOf } from '../ops/ops.ts';
import { createNames, identifier, modelName, type Names } from './names.ts';
import type { ImportedNetwork, ImportedNode } from './network.ts';
import { callText, chooseConvention, inputText, type SaidConvention, sayOp } from './say-op.ts';
import { Unsayable } from './unsayable.ts';

/** What a network's nodes are called in a spec. */
const labels: Readonly<Record<string, string>> = {
  conv: 'conv',
  convTranspose: 'conv',
  channelConv: 'conv',
  batchNorm: 'norm',
  layerNorm: 'norm',
  groupNorm: 'norm',
  linear: 'fc',
  add: 'sum',
  mul: 'product',
  concat: 'join',
  globalAvgPool: 'pool',
  globalMaxPool: 'pool',
  maxPool: 'pool',
  avgPool: 'pool',
  weight: 'learned',
};

/** An error of one node. */
export class UnsayableNode extends Error {
  override readonly name = 'UnsayableNode';
  readonly node: string;

  constructor(node: string, reason: string) {
    super(reason);
    this.node = node;
  }
}

/** A section as it is written so far. */
interface Section {
  readonly name: string;
  /** What stands after the name. */
  readonly parts: string[];
  readonly labels: Names;
}

/** A network as the text of a spec, node by node: a section is a run of steps of which nothing else reads what is between them. */
export function writeFlat(network: ImportedNetwork, name: string): string {
  const convention = chooseConvention(network);
  const { lines, nameOf } = sectionsOf(network, convention);
  const outputs = network.outputs.map(({ name: output, value }) => `${outputName(output)}: ${nameOf(value)}`);
  return `model ${modelName(name)} {\n  convention ${convention.text}\n\n${lines.join('\n')}\n  return ${[...new Set(outputs)].join(', ')}\n}\n`;
}

function outputName(output: string): string {
  return createNames().unique(identifier(output));
}

function sectionsOf({ nodes, outputs, normalisation }: ImportedNetwork, { settings }: SaidConvention) {
  const readers = nodes.map(() => 0);
  for (const { inputs } of nodes) for (const { node } of inputs) readers[node]!++;
  // What an output, or another tensor's size, needs has a name.
  for (const { value } of outputs) readers[value.node]! += 2;
  const sizes = sizeGivers(nodes);
  for (const giver of sizes.values()) readers[giver]! += 2;

  const names = createNames();
  const lines: string[] = [];
  const named = new Map<string, string>();
  const key = ({ node, output }: ValueRef) => `${node}.${output}`;
  const nameOf = (ref: ValueRef) => named.get(key(ref)) as string;
  let section: Section | undefined;
  let end = -1;
  const close = () => {
    if (section) {
      lines.push(`  ${section.name}: ${section.parts.join(' -> ')}`);
      section = undefined;
    }
  };
  for (const [id, node] of nodes.entries()) {
    const { op, inputs, shapes, from } = node;
    if (op.kind === 'input') {
      const input = names.unique(op.name);
      named.set(key({ node: id, output: 0 }), input);
      lines.push(inputText(input, shapes[0] ?? [], normalisation[op.name]));
      continue;
    }
    const call = saying(from, () => {
      const giver = sizes.get(id);
      if (giver !== undefined && op.kind === 'upsample') {
        const how = op.mode === 'bilinear' ? ', mode: bilinear' : '';
        return (tensors: readonly string[]) =>
          `Upsample(${[...tensors, `to: ${nameOf({ node: giver, output: 0 })}`].join(', ')}${how})`;
      }
      const said = sayOp(op, shapeAt(nodes, inputs[0]), settings);
      return (tensors: readonly string[]) => callText(said, tensors);
    });
    const owns = descriptorOf(op).tensors !== 'none';
    const [x] = inputs;
    const continues =
      section !== undefined && inputs.length === 1 && x?.node === end && readers[end] === 1 && op.kind !== 'split';
    if (continues && section) {
      section.parts.push(`${owns ? `${section.labels.unique(labels[op.kind] ?? 'step')}: ` : ''}${call([])}`);
    } else {
      close();
      const tensors = inputs.map(nameOf);
      const own = names.unique(labels[op.kind] ?? (op.kind === 'activation' ? 'act' : op.kind.toLowerCase()));
      if (op.kind === 'split') {
        const parts = shapes.map((_, i) => names.unique(`${own}_${i + 1}`));
        for (const [output, part] of parts.entries()) named.set(key({ node: id, output }), part);
        lines.push(`  ${parts.join(', ')} = ${op.parts === 1 ? `Split(${tensors[0]}, 1)[0]` : call(tensors)}`);
        continue;
      }
      if (op.kind === 'weight') {
        named.set(key({ node: id, output: 0 }), own);
        lines.push(`  ${own} = ${call([])}`);
        continue;
      }
      const start =
        inputs.length === 1
          ? [tensors[0] as string, `${owns ? `${labels[op.kind]}: ` : ''}${call([])}`]
          : [call(tensors)];
      section = { name: own, parts: start, labels: createNames(owns ? [labels[op.kind] ?? ''] : []) };
    }
    end = id;
    if (section) named.set(key({ node: id, output: 0 }), section.name);
  }
  close();
  return { lines, nameOf };
}

function shapeAt(nodes: readonly ImportedNode[], ref: ValueRef | undefined) {
  return (ref && nodes[ref.node]?.shapes[ref.output]) ?? [];
}

/** By resized maps whose size is not a multiple: a node before whose output has that size. */
function sizeGivers(nodes: readonly ImportedNode[]): ReadonlyMap<number, number> {
  const givers = new Map<number, number>();
  for (const [id, { op, from }] of nodes.entries()) {
    if (op.kind !== 'upsample' || op.mode === 'area') continue;
    const { rows, columns } = op;
    if (rows.to % rows.from === 0 && rows.to / rows.from === columns.to / columns.from) continue;
    const giver = nodes.findIndex(
      ({ shapes: [shape] }, i) => i < id && shape?.length === 3 && shape[1] === rows.to && shape[2] === columns.to,
    );
    if (giver < 0) throw new UnsayableNode(from, `no value before it has its size, ${rows.to}x${columns.to}`);
    givers.set(id, giver);
  }
  return givers;
}

function saying<T>(node: string, say: () => T): T {
  try {
    return say();
  } catch (e) {
    if (e instanceof Unsayable) throw new UnsayableNode(node, e.message);
    throw e;
  }
}
