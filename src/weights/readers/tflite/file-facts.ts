import { isUnreadable, Unreadable } from '../byte-reader.ts';
import type { RandomAccess } from '../format.ts';
import { readZip } from '../zip.ts';
import { type LiteMetadata, readMetadata } from './lite-metadata.ts';
import { RangedBuffer } from './ranged-buffer.ts';
import { fields, operators } from './schema.ts';
import { type FlatTableReader, rootTable } from './tables.ts';
import { factsIn } from './written-facts.ts';

/** What a file states about itself in addition to its tensors. */
export interface LiteFacts {
  /** As our files state it; for files of other tools, derived from their own metadata. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The operator that the first output comes from, apart from those that keep numbers; undefined where there is no single one. */
  readonly last: number | undefined;
}

/** Operators that keep numbers. */
const passing = new Set<number>([operators.reshape.code, operators.dequantise.code, operators.quantise.code]);
const mostTextBytes = 10_000_000;

/** @throws Unreadable for anything but a TensorFlow Lite file */
export function readLiteFacts(file: RandomAccess): LiteFacts {
  const head = new TextDecoder('latin1').decode(file.read(0, Math.min(8, file.size)));
  if (head.slice(4) !== 'TFL3') throw new Unreadable('it does not begin like one');
  const root = rootTable(new RangedBuffer(file));
  const own = factsIn(root, file);
  const stated = own.size > 0 ? own : factsOf(readMetadata(root, file), file);
  return { metadata: stated, last: lastOperator(root) };
}

/** What TensorFlow Lite's metadata state, with our keys. */
function factsOf(metadata: LiteMetadata | undefined, file: RandomAccess): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  if (!metadata) return facts;
  const { name, mean, std, labelsFile } = metadata;
  if (mean.length > 0 && std.length > 0) {
    facts.set('enet.input.image.mean', JSON.stringify(mean));
    facts.set('enet.input.image.std', JSON.stringify(std));
  }
  if (name !== '') facts.set('enet.model', name);
  const labels = labelsFile === undefined ? undefined : textOf(file, labelsFile);
  if (labels !== undefined) {
    facts.set('enet.labels', JSON.stringify(labels.replace(/\r?\n$/, '').split(/\r?\n/)));
  }
  return facts;
}

/** A text of the archive at the end of a file; undefined where it cannot be read. */
function textOf(file: RandomAccess, name: string): string | undefined {
  try {
    const entry = readZip(file).entry(name);
    if (!entry || entry.size > mostTextBytes) return undefined;
    return new TextDecoder().decode(file.read(entry.begin, entry.size));
  } catch (e) {
    if (isUnreadable(e)) return undefined;
    throw e;
  }
}

function lastOperator(root: FlatTableReader): number | undefined {
  const { operatorCode, operator, subgraph } = fields;
  const codes = root.tables(fields.model.operatorCodes).map((code) => {
    return Math.max(code.int8(operatorCode.deprecated), code.int32(operatorCode.builtin));
  });
  const [graph] = root.tables(fields.model.subgraphs);
  if (!graph) return undefined;
  const made = graph.tables(subgraph.operators);
  const makers = new Map(made.flatMap((found) => found.int32s(operator.outputs).map((at) => [at, found] as const)));
  let maker = makers.get(graph.int32s(subgraph.outputs)[0] ?? -1);
  const codeOf = (found: FlatTableReader) => codes[found.uint32(operator.code)];
  for (let i = 0; maker && passing.has(codeOf(maker) ?? -1) && i < made.length; i++) {
    maker = makers.get(maker.int32s(operator.inputs)[0] ?? -1);
  }
  return maker && codeOf(maker);
}
