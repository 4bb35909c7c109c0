/** Bounds of the diagnostics of one file, and of how deep its expressions are: a hostile file ends soon, with its first faults. */
export const checkLimits = {
  /** Errors reported in one file, and as many warnings. */
  diagnostics: 100,
  /** Expressions within expressions. */
  depth: 200,
  /** Lists within lists. */
  lists: 8,
} as const;
