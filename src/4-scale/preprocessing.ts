import { type PictureInterpolation, pictureInterpolations } from '../ops/interpolation.ts';

/** How a picture is resized to a network's input. */
export const interpolations = pictureInterpolations;
export type Interpolation = PictureInterpolation;

/** The order of colours in the channels of a network's input. */
export const channelOrders = ['rgb', 'bgr'] as const;
export type ChannelOrder = (typeof channelOrders)[number];

/**
 * Facts about how a picture becomes a network's input; missing ones are decided by the next source. In this order: the
 * request (`--mean`), the weights' file, the column of the weight map that has its names, the spec, and the defaults.
 */
export interface Preprocessing {
  /** Of pixels between 0 and 1: `(pixel - mean) / std`. A number a channel; in a request also one for all. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Red, green, blue by default. Mean and std are in this order. */
  readonly channelOrder?: ChannelOrder;
  /** The share of a picture's shorter side that is kept, by a centred rectangle with the input's ratio. */
  readonly crop?: number;
  readonly interpolation?: Interpolation;
}

/** The first statement of each part. Undefined if there is none at all. */
export function firstStated(...statements: readonly (Preprocessing | undefined)[]): Preprocessing | undefined {
  const stated = Object.assign({}, ...statements.toReversed()) as Preprocessing;
  return Object.keys(stated).length > 0 ? stated : undefined;
}
