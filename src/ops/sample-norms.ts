/** The attributes of norms by the statistics of each sample, for ops and step ops. */

/** What a mean and a variance are taken over: the channels of a group, at each pixel or over the whole map. */
export interface GroupStatistics {
  readonly over: 'pixel' | 'map';
  readonly groups: number;
  readonly epsilon: number;
}

/** How many channels count for the response of one, and with what weights. */
export interface LocalResponse {
  readonly size: number;
  /** Of the sum of the squares; divided by `size`. */
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}
