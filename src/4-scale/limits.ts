import { opLimits } from '../ops/limits.ts';

/** Limits for specs: far above any network, low enough that a hostile file ends soon. */
export const buildLimits = {
  /** Steps of one build: an evaluated expression is one, an operation `nodeSteps`. */
  steps: 6_000_000,
  nodeSteps: 12,
  /** Steps of all builds of one model in a check: the default point and the variants. */
  checkSteps: 6_000_000,
  /** Steps of all builds of a file in a check: once they are spent, no further model is built. */
  fileSteps: 6_000_000,
  /** Blocks that one table builds. */
  blocks: 50_000,
  nodes: 200_000,
  /** Blocks within blocks. */
  depth: 64,
  /** Expressions within expressions, through all blocks. */
  expressions: 500,
  channels: opLimits.channels,
  pixels: opLimits.pixels,
  kernel: opLimits.kernel,
  /** Elements of one parameter tensor: 2 GiB of float32, which is made and written at once. */
  elements: 2 ** 29,
  /** Elements of a list, including those of nested lists. */
  list: 10_000,
  /** Lists within lists. */
  lists: 8,
  /** Parameters of a network. */
  parameters: 10 ** 12,
  /** Characters of a path. */
  path: 512,
  /** Sentences of how a number came about. */
  traces: 16,
} as const;
