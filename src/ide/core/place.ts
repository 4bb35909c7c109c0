/** A half-open range of UTF-16 offsets in a document: an absolute path, or `std/blocks` for a file of the library. */
export interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}
