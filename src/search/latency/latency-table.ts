import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { memoise } from '../../memoise.ts';
import type { Costs, SpaceCosts } from '../costs.ts';
import type { Piece } from '../space/pieces.ts';

/** A piece of a space's networks with its latency. */
export interface TablePiece {
  /** Where it is: `stages.2`. The same layers at two places are two pieces. */
  readonly id: string;
  /** The shapes of its input and output. */
  readonly takes: string;
  readonly gives: string;
  /** Milliseconds that it adds to a network. After a fit that of a cheap piece may be negative. */
  readonly ms: number;
}

/** How far a table is off on whole networks that it was not made from. */
export interface TableError {
  readonly networks: number;
  /** Of |predicted / measured - 1|. */
  readonly median: number;
  readonly worst: number;
  /** Spearman's rank correlation of predicted and measured latencies. */
  readonly rankCorrelation: number;
}

/**
 * An additive model of latency over a space: that of a network is `base` plus the sum of its pieces. It is the JSON
 * that `enetc bench --table` writes.
 */
export interface LatencyTable {
  readonly format: typeof tableFormat;
  /** The name of the model with the choices. */
  readonly model: string;
  /** What was measured, for people: engine and device. */
  readonly engine: string;
  readonly threads?: number;
  readonly batch: number;
  /** Milliseconds of a network in addition to its pieces. */
  readonly base: number;
  /** By `pieceKey`. */
  readonly pieces: Readonly<Record<string, TablePiece>>;
  /** How many networks it was made from. */
  readonly networks: number;
  /** The error on other networks; absent where the space has no others. */
  readonly error?: TableError;
}

export const tableFormat = 'enetc latency table 1';

/** The key of a piece in a table: its place, its layers and its input's shape, as 20 hexadecimal digits of a SHA-256. */
export const pieceKey: (piece: Piece) => string = memoise(({ id, takes, signature }: Piece) =>
  bytesToHex(sha256(utf8ToBytes(`${id}\n${takes}\n${signature}`))).slice(0, 20),
);

/**
 * A network's latency by a table. @param pieces of a chain, see `piecesOf` and `Counted`.
 * @returns milliseconds; undefined if a piece is not in the table
 */
export function latencyOf(table: Pick<LatencyTable, 'base' | 'pieces'>, pieces: readonly Piece[]): number | undefined {
  let sum = table.base;
  for (const piece of pieces) {
    const known = table.pieces[pieceKey(piece)];
    if (!known) return undefined;
    sum += known.ms;
  }
  return sum;
}

/** The costs of a counted network, with its latency if a given table covers it. */
export function costsByTable(
  { costs, pieces }: { readonly costs: Costs; readonly pieces: readonly Piece[] | undefined },
  table: LatencyTable | undefined,
): SpaceCosts {
  const latency = table && pieces ? latencyOf(table, pieces) : undefined;
  return latency === undefined ? costs : { ...costs, latency };
}

/**
 * Why a table has no latency of a network, as the rest of a sentence that begins with the table.
 * @returns undefined if it has one
 */
export function whyUnknown(table: LatencyTable, pieces: readonly Piece[] | undefined): string | undefined {
  if (!pieces) return 'has blocks, and the model is not a chain of blocks that pass on one value each';
  const unknown = pieces.find((piece) => !table.pieces[pieceKey(piece)]);
  if (!unknown) return undefined;
  const others = Object.values(table.pieces).filter(({ id }) => id === unknown.id);
  const shapes = [...new Set(others.map(fromTo))];
  const more = shapes.length > 3 ? ' and others' : '';
  const has = shapes.length === 0 ? 'nothing there' : `other layers or shapes: ${shapes.slice(0, 3).join(', ')}${more}`;
  return `does not know the block '${unknown.id}' ${fromTo(unknown)}; it has ${has}`;
}

function fromTo({ takes, gives }: Pick<Piece, 'takes' | 'gives'>): string {
  const shown = (shape: string) => shape.replaceAll(',', '×') || 'nothing';
  return `from ${shown(takes)} to ${shown(gives)}`;
}

/** A table from its JSON, or why it is not one, as the rest of a sentence that begins with the file. */
export function parseLatencyTable(text: string): LatencyTable | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const table = value as LatencyTable | null;
  if (typeof table !== 'object' || table?.format !== tableFormat) {
    return `is not a latency table (its format is not '${tableFormat}')`;
  }
  const isNumber = (n: unknown) => typeof n === 'number' && Number.isFinite(n);
  if (!isNumber(table.base) || typeof table.pieces !== 'object' || table.pieces === null) return 'lacks base or pieces';
  const wrong = Object.entries(table.pieces).find(([, piece]) => typeof piece?.id !== 'string' || !isNumber(piece.ms));
  return wrong ? `has a piece without id or ms: '${wrong[0].slice(0, 40)}'` : table;
}
