import type { RowsNode, SourceConventionNode } from '../1-parse/ast.ts';
import { weightMapsOf } from '../2-resolve/choose-model.ts';
import type { DeclaredModel, Program } from '../2-resolve/program.ts';
import { inputSettings } from '../3-check/check-settings.ts';
import { patternText } from '../3-check/check-weights.ts';
import { type Literal, literalOf } from '../3-check/literal.ts';
import type { Interpolation, Preprocessing } from '../4-scale/preprocessing.ts';
import type { ConventionSettings, SourceConvention } from '../4-scale/scaling.ts';
import type { WeightMapRow } from './weight-map.ts';

/** A column of a weight map: one naming of a model's tensors, and what such weights were trained under. */
export interface WeightColumn {
  readonly rows: readonly WeightMapRow[];
  /**
   * What weights with these names, of a variant, were trained under: nothing if the map does not say, two where both
   * `tf` and `torch` are possible.
   */
  conventions(variant: string | undefined): readonly SourceConvention[];
}

/**
 * The columns of the weight maps that a program declares for a model, by name: `timm`, `torchvision`. A column of a file
 * replaces those with its name in the files that it imports.
 */
export function weightColumns(program: Program, model: DeclaredModel): ReadonlyMap<string, WeightColumn> {
  const columns = new Map<string, { module: object; rows: WeightMapRow[]; stated: SourceConventionNode[] }>();
  for (const { node, module } of weightMapsOf(program, model)) {
    node.rows.header.slice(1).forEach(({ name }, i) => {
      const before = columns.get(name);
      const column = before?.module === module ? before : { module, rows: [], stated: [] };
      column.rows.push(...columnRows(node.rows, i + 1));
      column.stated.push(...node.conventions.filter((c) => c.column.name === name));
      columns.set(name, column);
    });
  }
  return new Map(
    [...columns].map(([name, { rows, stated }]) => [
      name,
      { rows, conventions: (variant: string | undefined) => conventionsFor(stated, variant) },
    ]),
  );
}

function columnRows(rows: RowsNode, column: number): WeightMapRow[] {
  return rows.rows.flatMap(({ cells, span }) => {
    const path = cells[0]?.values[0];
    const cell = cells[column];
    const text = path ? patternText(path) : '';
    if (!cell || text === undefined) return [];
    return [{ path: text, pattern: cell.values.map((v) => patternText(v) ?? '').join(','), span }];
  });
}

function conventionsFor(stated: readonly SourceConventionNode[], variant: string | undefined): SourceConvention[] {
  const own = stated.filter(({ variants }) => variants.some(({ name }) => name === variant));
  const chosen = own.length > 0 ? own : stated.filter(({ variants }) => variants.length === 0);
  return chosen.map(readConvention);
}

function readConvention({ name, args }: SourceConventionNode): SourceConvention {
  const values = new Map(args.map((arg) => [arg.name?.name ?? '', literalOf(arg.value)]));
  const [mean, std] = [values.get('mean'), values.get('std')] as (readonly number[] | undefined)[];
  const channels = (mean ?? std)?.length ?? 0;
  const all = (value: number) => Array.from({ length: channels }, () => value);
  const [crop, interpolation] = [values.get('crop'), values.get('interpolation')];
  const preprocessing: Preprocessing = {
    ...(channels > 0 && { mean: mean ?? all(0), std: std ?? all(1) }),
    ...((channels > 0 || values.has('bgr')) && { channelOrder: values.get('bgr') === true ? 'bgr' : 'rgb' }),
    ...(crop !== undefined && { crop: crop as number }),
    ...(interpolation !== undefined && { interpolation: interpolation as Interpolation }),
  };
  return {
    name: name.name as SourceConvention['name'],
    settings: conventionSettings(values),
    ...(Object.keys(preprocessing).length > 0 && { preprocessing }),
  };
}

/** What explicit settings such as `epsilon` and `padding` change in a convention. */
export function conventionSettings(values: ReadonlyMap<string, Literal | undefined>): Partial<ConventionSettings> {
  const renamed = new Map([...values].map(([name, value]) => [name === 'count_pad' ? 'countPad' : name, value]));
  for (const input of inputSettings.keys()) renamed.delete(input);
  return Object.fromEntries(renamed) as Partial<ConventionSettings>;
}
