import { isObject } from './is-object.ts';
import type { MetadataFact } from './preprocessing-facts.ts';

/** The ranges found by training with rounded values, as metadata in files of weights, written and read only here. */

/** The least and the greatest number of a value, by the name of the range. */
export type TrainedRanges = ReadonlyMap<string, readonly [least: number, most: number]>;

const key = 'enet.ranges';

/** What a file of weights states about ranges. */
export function rangeFacts(ranges: TrainedRanges): MetadataFact[] {
  return ranges.size === 0 ? [] : [[key, JSON.stringify(Object.fromEntries(ranges))]];
}

/** The ranges that a file's metadata state; undefined where they state none, or something else. */
export function statedRanges(metadata: ReadonlyMap<string, string>): TrainedRanges | undefined {
  const text = metadata.get(key);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  const isRange = (range: unknown): range is readonly [number, number] =>
    Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] <= range[1];
  return entries.every((entry): entry is [string, readonly [number, number]] => isRange(entry[1]))
    ? new Map(entries as [string, readonly [number, number]][])
    : undefined;
}
