/** Limits for the parser: a hostile file gets a diagnostic, in bounded time and memory. */
export const parseLimits = {
  /** Characters in a file. */
  characters: 8_000_000,
  /** Tokens in a file. */
  tokens: 1_000_000,
  /** Brackets within brackets. */
  nesting: 64,
  /** Infix operators in one expression, and signs before one operand. */
  operators: 64,
  /** Columns of a table, and cells of a row. */
  columns: 256,
  /** Syntax errors reported for one file. */
  errors: 100,
} as const;
