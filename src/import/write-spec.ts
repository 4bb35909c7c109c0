import type { ValueRef } from '../5-graph/graph.ts';
import { findRepeated } from './blocks/instances.ts';
import { type Reading, readingOf } from './blocks/reading.ts';
import { type WrittenBlock, writeBlock } from './blocks/write-block.ts';
import { instanceOf, type Use, writeTable } from './blocks/write-table.ts';
import { depthFirst } from './depth-first.ts';
import { withNestedConcats } from './joined.ts';
import { createNames, identifier, modelName } from './names.ts';
import type { ImportedNetwork, ImportedNode } from './network.ts';
import { callText, chooseConvention, inputText, type SaidConvention, sayOp } from './say-op.ts';
import { createStepWriter, labelOf, type StepWriter } from './step-writer.ts';
import { saying, UnsayableNode } from './unsayable.ts';

/**
 * A network as the text of a spec. A section is a run of steps whose intermediate values nothing else reads. Parts that occur several times become a block, and consecutive uses a table.
 * @param blocks whether to look for blocks; otherwise the text goes node by node
 */
export function writeSpec(given: ImportedNetwork, name: string, blocks: boolean): string {
  const network = blocks ? inReadingOrder(withNestedConcats(given)) : given;
  const convention = chooseConvention(network);
  const model = modelName(name);
  const sizes = sizeGivers(network.nodes);
  const reading = readingOf(network, sizes);
  const written = blocks ? blocksOf(reading, convention, sizes, model) : [];
  const { lines, nameOf } = sectionsOf(network, convention, sizes, reading, written);
  const outputs = outputsOf(network).map(({ name: output, value }) => `${output}: ${nameOf(value)}`);
  const declared = written.map(({ text }) => `${text}\n`).join('');
  return `${declared}model ${model} {\n  convention ${convention.text}\n\n${lines.join('\n')}\n  return ${outputs.join(', ')}\n}\n`;
}

/** Branches one after the other, unless a resized map then came before the value whose size it takes. */
function inReadingOrder(network: ImportedNetwork): ImportedNetwork {
  const ordered = depthFirst(network);
  try {
    sizeGivers(ordered.nodes);
    return ordered;
  } catch (e) {
    if (!(e instanceof UnsayableNode)) throw e;
    return network;
  }
}

/** The outputs under names of the language, each different. One that the file lists twice is one. */
function outputsOf({ outputs }: ImportedNetwork): ImportedNetwork['outputs'] {
  const names = createNames();
  const listed = new Map(
    outputs.map((output) => [`${output.name} ${output.value.node} ${output.value.output}`, output]),
  );
  return [...listed.values()].map(({ name, value }) => ({ name: names.unique(identifier(name)), value }));
}

/** The blocks of parts that occur several times. */
function blocksOf(
  reading: Reading,
  { settings }: SaidConvention,
  sizes: ReadonlyMap<number, number>,
  model: string,
): readonly WrittenBlock[] {
  const names = createNames([model]);
  const givers = new Set(sizes.values());
  return findRepeated(reading).flatMap((repeated) => {
    const [{ main, around, first, last }] = repeated.instances as [(typeof repeated.instances)[number]];
    const wanted = around !== 'none' ? 'Residual' : nameOfBlock(reading.nodes, main);
    // A step that takes the size of another value is written where both have names.
    const isBound = repeated.instances.some((one) => {
      for (let id = one.first; id <= one.last; id++) if (sizes.has(id) || givers.has(id)) return true;
      return false;
    });
    if (isBound) return [];
    const from = reading.nodes[first]?.from ?? reading.nodes[last]?.from ?? '';
    const block = saying(from, () => writeBlock(reading, repeated, names.unique(wanted), settings));
    return block ? [block] : [];
  });
}

function nameOfBlock(nodes: readonly ImportedNode[], ids: readonly number[]): string {
  const kinds = ids.map((id) => nodes[id]!.op.kind);
  if (kinds.at(-1) === 'concat') return 'Branches';
  return kinds.at(-1) === 'mul' ? 'Gate' : 'Unit';
}

function sectionsOf(
  { nodes, preprocessing }: ImportedNetwork,
  { settings }: SaidConvention,
  sizes: ReadonlyMap<number, number>,
  reading: Reading,
  blocks: readonly WrittenBlock[],
): { readonly lines: readonly string[]; readonly nameOf: StepWriter['nameOf'] } {
  const names = createNames(blocks.map(({ name }) => name));
  const givers = new Set(sizes.values());
  const uses = new Map<number, Use>();
  for (const block of blocks) {
    for (const [number, { first }] of block.instances.entries()) uses.set(first, { block, number });
  }
  let seen = 0;
  const place = () => (seen === 0 ? 'stem' : 'head');
  const writer = createStepWriter({
    names,
    // A value that an output or another tensor's size needs has a name.
    isNamed: (id) => {
      const [reader = nodes.length, ...others] = reading.readers[id] ?? [];
      return others.length > 0 || reader === nodes.length || givers.has(id);
    },
    ...(uses.size > 0 && { chainName: (op) => (seen === 0 || seen === uses.size ? place() : labelOf(op)) }),
  });
  const say = (id: number) => {
    const { op, inputs, from } = nodes[id] as ImportedNode;
    return saying(from, () => {
      const giver = sizes.get(id);
      if (giver !== undefined && op.kind === 'upsample') {
        const how = op.mode === 'bilinear' ? ', mode: bilinear' : '';
        return (tensors: readonly string[]) =>
          `Upsample(${[...tensors, `to: ${writer.nameOf({ node: giver, output: 0 })}`].join(', ')}${how})`;
      }
      const said = sayOp(op, shapeAt(nodes, inputs[0]), settings);
      return (tensors: readonly string[]) => callText(said, tensors);
    });
  };
  const inputs: string[] = [];
  for (let id = 0; id < nodes.length; id++) {
    const node = nodes[id] as ImportedNode;
    const { op, shapes } = node;
    if (op.kind === 'input') {
      const input = names.unique(op.name);
      writer.call({ node: id, output: 0 }, input);
      inputs.push(inputText(input, shapes[0] ?? [], preprocessing[op.name]));
    } else if (uses.has(id)) {
      const run = runFrom(uses, id);
      seen += run.length;
      // A table of two rows is longer than what it describes.
      for (const part of run.length > 2 ? [run] : run.map((use) => [use]))
        id = writeRun(writer, reading, part, names.unique(run.length > 2 ? 'stages' : 'block'));
    } else writer.add(id, node, say(id));
  }
  const lines = writer.statements().map(({ name, sign, text }) => `  ${name}${sign === ':' ? ':' : ' ='} ${text}`);
  return { lines: [...inputs, ...lines], nameOf: writer.nameOf };
}

/** Uses of blocks, each of which reads the one before. */
function runFrom(uses: ReadonlyMap<number, Use>, id: number): readonly Use[] {
  const run = [uses.get(id) as Use];
  for (;;) {
    const { last } = instanceOf(run.at(-1) as Use);
    const next = uses.get(last + 1);
    if (!next || instanceOf(next).input !== last) return run;
    run.push(next);
  }
}

/** Writes uses of blocks as a section; the last of their nodes. */
function writeRun(writer: StepWriter, reading: Reading, run: readonly Use[], section: string): number {
  const input = { node: instanceOf(run[0] as Use).input, output: 0 };
  const { text, paths } = writeTable(reading, run, section, writer.isNext(input) ? undefined : writer.nameOf(input));
  for (const [i, path] of paths.entries()) writer.call({ node: instanceOf(run[i] as Use).last, output: 0 }, path);
  const { last } = instanceOf(run.at(-1) as Use);
  writer.line({ name: section, sign: ':', text }, { node: last, output: 0 });
  return last;
}

function shapeAt(nodes: readonly ImportedNode[], ref: ValueRef | undefined) {
  return (ref && nodes[ref.node]?.shapes[ref.output]) ?? [];
}

/** For each resized map whose size is not a multiple: an earlier node whose output has that size. */
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
