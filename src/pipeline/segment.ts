import type { OpLine } from './line.ts';

/** Consecutive ops of a line as a stage, of micro-batches. */
export interface Segment {
  readonly from: number;
  /** The position after its last op. */
  readonly to: number;
  readonly forward: number;
  readonly backward: number;
  /** Bytes of weights, gradients and the optimiser. */
  readonly state: number;
  /** Its inputs, which it has to keep until its backward half. */
  readonly given: number;
  /** The outputs that it made itself. */
  readonly result: number;
  /** Its values that its backward half needs, and its outputs. */
  readonly kept: number;
  /** Gradients that are alive at once: in its largest kernel, and those that come in and go out. */
  readonly working: number;
}

/** A segment whose start moves back, so that all that end at one position are visited in turn. */
export type GrowingSegment = { -readonly [K in keyof Segment]: Segment[K] } & {
  /** Of its largest kernel. */
  largest: number;
};

/** The empty segment before a position. */
export function segmentBefore(line: OpLine, to: number): GrowingSegment {
  return {
    from: to,
    to,
    forward: 0,
    backward: 0,
    state: 0,
    given: line.handed[to] as number,
    result: 0,
    kept: 0,
    working: 0,
    largest: 0,
  };
}

/** Takes the op before a segment in. */
export function grow(line: OpLine, segment: GrowingSegment): void {
  const { to } = segment;
  const from = segment.from - 1;
  segment.from = from;
  segment.forward = (line.forward[to] as number) - (line.forward[from] as number);
  segment.backward = (line.backward[to] as number) - (line.backward[from] as number);
  segment.state = (line.state[to] as number) - (line.state[from] as number);
  segment.given = line.handed[from] as number;
  for (const { lastReader, firstKeeper, bytes } of line.made[from] ?? []) {
    if (lastReader >= to) segment.result += bytes;
    if (lastReader >= to || firstKeeper < to) segment.kept += bytes;
  }
  segment.largest = Math.max(segment.largest, line.working[from] as number);
  segment.working = segment.largest + (line.returned[from] as number) + (line.returned[to] as number);
}

/** The segment from one position to another. */
export function segmentBetween(line: OpLine, from: number, to: number): Segment {
  const segment = segmentBefore(line, to);
  while (segment.from > from) grow(line, segment);
  return segment;
}
