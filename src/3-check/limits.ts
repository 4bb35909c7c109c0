/**
 * Limits for the diagnostics of one file, and for the depth of its expressions: a hostile file ends soon, with its first errors.
 */
export const checkLimits = {
  /** Errors reported in one file, and as many warnings. */
  diagnostics: 100,
  /** Expressions within expressions. */
  depth: 200,
  /** Lists within lists. */
  lists: 8,
} as const;
