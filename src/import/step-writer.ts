import type { ValueRef } from '../5-graph/graph.ts';
import { descriptorOf, type Op } from '../ops/ops.ts';
import { createNames, type SpecNames } from './names.ts';
import type { ImportedNode } from './network.ts';

/** The names of a network's nodes in a spec. */
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

export function labelOf({ kind }: Op): string {
  return labels[kind] ?? (kind === 'activation' ? 'act' : kind.toLowerCase());
}

/** Whether a step of an op needs a label. */
export function owns(op: Op): boolean {
  return descriptorOf(op).tensors !== 'none';
}

/** Whether an op takes any number of tensors. */
function takesAny({ kind }: Op): boolean {
  return kind === 'add' || kind === 'mul' || kind === 'concat';
}

/** A line of a model or a block: a section, or the value of a name. */
export interface SpecLine {
  readonly name: string;
  /** `= `, or `: ` of a section. */
  readonly sign: '=' | ':';
  readonly text: string;
}

/** Writes nodes one after the other: consecutive steps whose intermediate values nothing else reads form one chain. */
export interface StepWriter {
  /** @param say the call of the node's op, given its tensors */
  add(id: number, node: ImportedNode, say: (tensors: readonly string[]) => string): void;
  /** Ends the chain, and adds a line. `end`: the node with its value. */
  line(statement: SpecLine, end?: ValueRef): void;
  /** Names a value from here on. */
  call(ref: ValueRef, name: string): void;
  nameOf(ref: ValueRef): string;
  /** Whether the next section takes a value without naming it, as the result of the section before. */
  isNext(ref: ValueRef): boolean;
  /** All lines so far. */
  statements(): readonly SpecLine[];
}

export interface StepWriterOptions {
  readonly names: SpecNames;
  /** The labels of a block; each section of a model has its own. */
  readonly labels?: SpecNames;
  /** Whether a node has a reader other than the node after it, or is needed by its name. */
  isNamed(id: number): boolean;
  /** The name of a chain that begins with this op. */
  chainName?(op: Op): string;
}

export function createStepWriter({ names, labels: own, isNamed, chainName = labelOf }: StepWriterOptions): StepWriter {
  const lines: SpecLine[] = [];
  const named = new Map<string, string>();
  const key = ({ node, output }: ValueRef) => `${node}.${output}`;
  let chain: { readonly name: string; readonly parts: string[]; readonly labels: SpecNames } | undefined;
  let end = -1;
  /** The value of the section before the next line. */
  let before: string | undefined;
  const sign = own ? '=' : ':';
  const close = () => {
    if (!chain) return;
    lines.push({ name: chain.name, sign, text: chain.parts.join(' -> ') });
    before = chain.name;
    chain = undefined;
  };
  const writer: StepWriter = {
    add(id, { op, inputs, shapes }, say) {
      const [x] = inputs;
      const label = (used: SpecNames) => (owns(op) ? `${used.unique(labelOf(op))}: ` : '');
      if (chain && inputs.length === 1 && x?.node === end && !isNamed(end) && op.kind !== 'split') {
        chain.parts.push(`${label(chain.labels)}${say([])}`);
        end = id;
        named.set(key({ node: id, output: 0 }), chain.name);
        return;
      }
      close();
      const tensors = inputs.map(writer.nameOf);
      if (op.kind === 'split') {
        const parts = shapes.map((_, i) => names.unique(`split_${i + 1}`));
        for (const [output, part] of parts.entries()) named.set(key({ node: id, output }), part);
        const text = op.parts === 1 ? `Split(${tensors[0]}, 1)[0]` : say(tensors);
        lines.push({ name: parts.join(', '), sign: '=', text });
        return;
      }
      if (op.kind === 'weight') {
        const name = names.unique(labelOf(op));
        named.set(key({ node: id, output: 0 }), name);
        lines.push({ name, sign: '=', text: say([]) });
        return;
      }
      const name = names.unique(chainName(op));
      const used = own ?? createNames();
      // Of several, the first stands before: a section that begins with Add(a, b) is read with a warning.
      const isPiped = inputs.length === 1 || (!own && before !== undefined && takesAny(op));
      const first = inputs.length === 1 ? `${label(used)}${say([])}` : say(isPiped ? tensors.slice(1) : tensors);
      // A section takes the result of the one before it.
      const isNext = !own && inputs.length === 1 && tensors[0] === before;
      chain = { name, labels: used, parts: isPiped && !isNext ? [tensors[0] as string, first] : [first] };
      end = id;
      named.set(key({ node: id, output: 0 }), name);
    },
    line(statement, ref) {
      close();
      lines.push(statement);
      if (!ref) return;
      named.set(key(ref), statement.name);
      before = statement.name;
    },
    call: (ref, name) => void named.set(key(ref), name),
    nameOf: (ref) => named.get(key(ref)) as string,
    isNext(ref) {
      close();
      return writer.nameOf(ref) === before;
    },
    statements() {
      close();
      return lines;
    },
  };
  return writer;
}
