import type { BlockUse } from './instances.ts';
import type { Reading } from './reading.ts';
import { shapeStays } from './shape-stays.ts';
import type { WrittenBlock } from './write-block.ts';

/** One use of a block, by its number among the uses. */
export interface Use {
  readonly block: WrittenBlock;
  readonly number: number;
}

export function instanceOf({ block, number }: Use): BlockUse {
  return block.instances[number] as BlockUse;
}

/** Uses that one row of a table describes. */
type Row = readonly Use[];

/** Consecutive uses of blocks as a section, and the name of each use in it. */
export interface WrittenTable {
  readonly text: string;
  readonly paths: readonly string[];
}

/** @param input what the first use reads; undefined where it is what the section before gives */
export function writeTable(
  reading: Reading,
  uses: readonly Use[],
  section: string,
  input: string | undefined,
): WrittenTable {
  const rows = rowsOf(reading, uses);
  const [first] = uses as [Use];
  const blocks = new Map<WrittenBlock, number>();
  for (const { block } of uses) blocks.set(block, (blocks.get(block) ?? 0) + 1);
  const [main] = [...blocks].sort(([, a], [, b]) => b - a)[0] as [WrittenBlock, number];
  const names = [...new Set([...blocks.keys()].flatMap((block) => block.params.map(({ name }) => name)))];
  // Arguments that are equal in all rows that have them are written before the table.
  const cells = new Map(names.map((name) => [name, rows.map((row) => cellOf(row, name))]));
  const common = names.filter((name) => {
    const said = (cells.get(name) ?? []).filter((cell) => cell !== '');
    const types = new Set(
      [...blocks.keys()].flatMap(({ params }) => params.filter((param) => param.name === name).map(({ type }) => type)),
    );
    return (
      new Set(said).size === 1 && !said[0]?.includes(',') && types.size === 1 && (name !== 'stride' || said[0] === '1')
    );
  });
  const head = (of: WrittenBlock, from: readonly string[], textOf: (name: string) => string) => {
    const args = [...(input === undefined ? [] : [input]), ...from.map((name) => `${name}: ${textOf(name)}`)];
    return args.length === 0 ? of.name : `${of.name}(${args.join(', ')})`;
  };
  if (uses.length === 1) {
    const text = head(
      first.block,
      first.block.params.map(({ name }) => name),
      (name) => argumentOf(first, name),
    );
    return { text, paths: [section] };
  }
  const columns = names.filter((name) => !common.includes(name));
  const repeats = rows.some((row) => row.length > 1) || (columns.length === 0 && blocks.size === 1);
  const table = rows.map((row, i) => [
    ...(blocks.size > 1 ? [row[0]?.block === main ? '' : (row[0]?.block.name as string)] : []),
    ...(repeats ? [String(row.length)] : []),
    ...columns.map((name) => cells.get(name)?.[i] as string),
  ]);
  const header = [...(blocks.size > 1 ? ['block'] : []), ...(repeats ? ['repeat'] : []), ...columns];
  const lines = [header, ...table].map((row) => `    | ${row.join(' | ')} |\n`).join('');
  const paths = rows.flatMap((row, i) => row.map((_, place) => `${section}.${i}${repeats ? `.${place}` : ''}`));
  return {
    text: `${head(main, common, (name) => cells.get(name)?.find((cell) => cell !== '') as string)} {\n${lines}  }`,
    paths,
  };
}

/** One row per stage: its first use may differ from the others, and only it changes the shape, unless all are alike. */
function rowsOf(reading: Reading, uses: readonly Use[]): readonly Row[] {
  const rows: Use[][] = [];
  for (const use of uses) {
    const row = rows.at(-1);
    const [start, rest] = row ?? [];
    const isLike = (other: Use) =>
      use.block.params.every(({ name }) => argumentOf(other, name) === argumentOf(use, name));
    const goes =
      start?.block === use.block &&
      (!rest || isLike(rest)) &&
      (shapeStays(reading, instanceOf(use)) || [start, ...(rest ? [rest] : [])].every(isLike));
    if (goes && row) row.push(use);
    else rows.push([use]);
  }
  return rows;
}

function argumentOf({ block, number }: Use, name: string): string {
  return block.params.find((param) => param.name === name)?.values[number] ?? '';
}

/** A cell: what the first block of a row has, and the others. A single stride is that of the first, the others have 1. */
function cellOf(row: Row, name: string): string {
  const [first, rest = first] = row.map((use) => argumentOf(use, name)) as [string, string?];
  const isAlike = name === 'stride' ? row.length === 1 || rest === '1' : rest === first;
  return first === '' || isAlike ? first : `${first}, ${rest}`;
}
