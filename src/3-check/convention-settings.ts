import type { Type } from './types.ts';

/** What a convention lets one override, and of which type. */
export const conventionSettings: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['padding', 'padding'],
  ['epsilon', 'number'],
  ['momentum', 'number'],
  ['count_pad', 'bool'],
]);
