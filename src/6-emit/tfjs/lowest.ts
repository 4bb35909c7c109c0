/** The least number of single precision: an infinity is not a constant in WebGPU's shaders. */
export const lowest = -3.4028234663852886e38;
