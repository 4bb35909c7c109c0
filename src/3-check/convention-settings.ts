import type { Type } from './types.ts';

/** The settings of a convention that can be overridden, with their types. */
export const conventionSettings: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['padding', 'padding'],
  ['epsilon', 'number'],
  ['momentum', 'number'],
  ['count_pad', 'bool'],
]);
