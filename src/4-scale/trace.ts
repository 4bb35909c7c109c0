import type { Span } from '../source.ts';

/** How one scaled number came about. */
export interface Trace {
  /** `w(80)`: where it is in the text. */
  readonly span: Span;
  /** `d`, `w`, `r` or `phi`, or the rounding function called. */
  readonly rule: string;
  readonly argument: number;
  readonly result: number;
  /** A sentence: `80 x w 1.6 = 128, a multiple of 8`. */
  readonly text: string;
}
