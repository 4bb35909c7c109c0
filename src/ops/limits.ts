/** Limits for ops: far above any network, low enough that a hostile file ends soon. */
export const opLimits = {
  channels: 1_048_576,
  pixels: 65_536,
  kernel: 1_024,
  /** Outputs of one op. */
  parts: 10_000,
} as const;
