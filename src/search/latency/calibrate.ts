import type { Piece } from '../space/pieces.ts';
import { type Explained, fitBase } from './fit-base.ts';
import { type LatencyTable, latencyOf, pieceKey, type TableError, tableFormat } from './latency-table.ts';
import { solveRidge } from './ridge.ts';
import { tableError } from './table-error.ts';

/** A whole network that was measured on the new machine. */
export interface MeasuredNetwork {
  readonly pieces: readonly Piece[];
  /** Milliseconds, above 0. */
  readonly ms: number;
}

/** Penalties for deviations from one common factor, relative to the squares; the last leaves only that factor. */
const penalties = [1e-3, 1e-2, 1e-1, 1, Number.POSITIVE_INFINITY];

/**
 * Makes a table for a machine from those of others and a few whole networks that were measured on it. First the mean of the tables is
 * scaled to the measurements, with a base; then each part of each table (all pieces at one place) may deviate from that by ridge regression on relative errors, with the penalty that is best in leave-one-out cross-validation. Where none predicts better, the scaled mean stays.
 * @param tables of one space, at least one. @param networks at least 3 whose pieces are in every table.
 * @returns the table without engine and batch, and its leave-one-out error
 * @throws RangeError for fewer networks
 */
export function calibrateTable(
  tables: readonly LatencyTable[],
  networks: readonly MeasuredNetwork[],
): { readonly table: Omit<LatencyTable, 'engine' | 'batch'>; readonly leftOut: TableError } {
  const known = networks.filter(({ pieces }) => tables.every((table) => latencyOf(table, pieces) !== undefined));
  if (known.length < 3) throw new RangeError(`only ${known.length} of the measured networks are in every table`);
  const columns = columnsOf(tables);
  const rows = known.map(({ pieces, ms }) => ({ features: featuresOf(columns, tables, pieces), ms }));
  const candidates = penalties.map((penalty) => {
    const predicted = rows.map((row, i): Explained => {
      const model = fitColumns(rows.toSpliced(i, 1), tables.length, penalty);
      return { predicted: model.predict(row.features), measured: row.ms };
    });
    const squares = predicted.reduce((sum, p) => sum + (p.predicted / p.measured - 1) ** 2, 0);
    return { penalty, predicted, squares };
  });
  // only the common factor, unless deviations are better by a tenth: a few networks say little about them
  const plain = candidates.at(-1) as (typeof candidates)[number];
  const best = candidates.reduce((a, b) => (b.squares < 0.9 * a.squares ? b : a), plain);
  const { base, weights } = fitColumns(rows, tables.length, best.penalty);
  const [first] = tables as [LatencyTable];
  const shared = Object.keys(first.pieces).filter((key) => tables.every((table) => table.pieces[key]));
  const bases = tables.reduce(
    (sum, table, k) => sum + table.base * (weights[columns.get(`${k} `) as number] as number),
    0,
  );
  const pieces = Object.fromEntries(
    shared.map((key) => {
      const { id, takes, gives } = first.pieces[key] as (typeof first.pieces)[string];
      const ms = tables.reduce((sum, table, k) => {
        const weight = weights[columns.get(`${k} ${id}`) as number] as number;
        return sum + weight * (table.pieces[key]?.ms as number);
      }, 0);
      return [key, { id, takes, gives, ms }];
    }),
  );
  return {
    table: { format: tableFormat, model: first.model, base: base + bases, pieces, networks: known.length },
    leftOut: tableError(best.predicted),
  };
}

/** A column for each table and place, and one for each table's base, which has no place. */
function columnsOf(tables: readonly LatencyTable[]): ReadonlyMap<string, number> {
  const names = tables.flatMap((table, k) => [
    `${k} `,
    ...new Set(Object.values(table.pieces).map(({ id }) => `${k} ${id}`)),
  ]);
  return new Map(names.map((name, i) => [name, i]));
}

/** What each column contributes to a network's latency. */
function featuresOf(columns: ReadonlyMap<string, number>, tables: readonly LatencyTable[], pieces: readonly Piece[]) {
  const features = new Array<number>(columns.size).fill(0);
  for (const [k, table] of tables.entries()) {
    features[columns.get(`${k} `) as number] = table.base;
    for (const piece of pieces) {
      const at = columns.get(`${k} ${piece.id}`) as number;
      features[at] = (features[at] as number) + (table.pieces[pieceKey(piece)]?.ms as number);
    }
  }
  return features;
}

interface Row {
  readonly features: readonly number[];
  readonly ms: number;
}

function fitColumns(rows: readonly Row[], tables: number, penalty: number) {
  const mean = (features: readonly number[]) => features.reduce((sum, f) => sum + f, 0) / tables;
  const { base, scale } = fitBase(rows.map(({ features, ms }) => ({ predicted: mean(features), measured: ms })));
  const size = rows[0]?.features.length ?? 0;
  let deviations = new Array<number>(size).fill(0);
  if (Number.isFinite(penalty)) {
    // relative: each column's share of the latency, and the rest to explain
    const matrix = rows.map(({ features, ms }) => features.map((f) => (f * scale) / tables / ms));
    const rest = rows.map(({ features, ms }) => (ms - base - scale * mean(features)) / ms);
    const squares = matrix.flat().reduce((sum, x) => sum + x * x, 0) / size;
    deviations = solveRidge(matrix, rest, penalty * Math.max(squares, 1e-12));
  }
  const weights = deviations.map((d) => (scale / tables) * (1 + d));
  return {
    base,
    weights,
    predict: (features: readonly number[]) => features.reduce((sum, f, i) => sum + f * (weights[i] as number), base),
  };
}
