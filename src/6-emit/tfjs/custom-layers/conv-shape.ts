import type { Shape } from '@tensorflow/tfjs';

/** How a convolution's window moves, in rows and columns. */
export interface ConvWindow {
  readonly kernelSize: [number, number];
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: [number, number];
}

/** The shape of a convolution's result, channels last; open sizes stay open. */
export function convShape(input: Shape, window: ConvWindow, filters: number): Shape {
  const [batch = null, height = null, width = null] = input;
  const { kernelSize, strides, padding, dilationRate } = window;
  const size = (n: number | null, axis: 0 | 1) => {
    if (n === null) return null;
    const extent = padding === 'same' ? 1 : (kernelSize[axis] - 1) * dilationRate[axis] + 1;
    return Math.ceil((n - extent + 1) / strides[axis]);
  };
  return [batch, size(height, 0), size(width, 1), filters];
}
