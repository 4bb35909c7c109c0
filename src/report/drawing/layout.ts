/**
 * Places the vertices of a small graph on a grid: layers from top to bottom, lanes from left to right. The main path
 * runs straight down lane 0; side chains and long edges take the nearest free lanes.
 */
export interface GridLayout {
  /** By vertex. */
  readonly layer: readonly number[];
  readonly lane: readonly number[];
  /** By edge: the lane that it runs in, where it is neither straight nor between neighbours. */
  readonly edgeLane: readonly (number | undefined)[];
}

export type Edge = readonly [from: number, to: number];
