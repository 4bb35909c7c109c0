/**
 * An image that is being changed: rows from the top, channels last, 8 bits per channel. Operations change `data` in
 * place or put another array there; the size stays.
 */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  data: Uint8Array;
}

/** The value that the reference code uses where an operation leaves nothing of the image. */
export const fillGray = 128;
