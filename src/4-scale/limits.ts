/** Bounds of what a spec may ask for. Far above any network, low enough that a hostile file ends soon. */
export const buildLimits = {
  /** Evaluated expressions of one build. */
  steps: 20_000_000,
  /** Blocks that one table builds. */
  blocks: 50_000,
  nodes: 400_000,
  /** Blocks within blocks. */
  depth: 64,
  channels: 1_048_576,
  pixels: 65_536,
  kernel: 1_024,
  /** Elements of one parameter tensor. */
  elements: 2 ** 32,
  /** Elements of a list. */
  list: 10_000,
  /** Parameters of a network. */
  parameters: 10 ** 12,
} as const;
