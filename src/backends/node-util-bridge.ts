/**
 * Restores the functions of `util` that tfjs-node calls and that Node removed in version 23 (its deprecations DEP0044
 * and following). Only what is missing.
 */
export function bridgeNodeUtil(util: Record<string, unknown> = process.getBuiltinModule('node:util')): void {
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
