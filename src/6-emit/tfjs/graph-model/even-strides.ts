import type { Window } from '../../../ops/window.ts';
import { isDepthwise } from '../../../weights/tfjs-layout.ts';
import { int32, type TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode } from './add.ts';

/**
 * A window with one stride in both directions where it is depthwise: TensorFlow has kernels for no others on a CPU but where
 * oneDNN has. One with two strides moves by 1, and `thin` takes the rows and columns of its result that are wanted.
 */
export function evenStrides(
  c: GraphModelNode,
  window: Window,
): { readonly moves: Window; readonly thin: (y: TensorName) => TensorName } {
  const [down, across] = window.stride;
  if (down === across || !isDepthwise(c.node)) return { moves: window, thin: (y) => y };
  const whole = { Index: int32, begin_mask: { int: 15 }, end_mask: { int: 15 } };
  const ends = c.b.integers([0, 0, 0, 0]);
  return {
    moves: { ...window, stride: [1, 1] },
    thin: (y) =>
      add(c, 'StridedSlice', `${c.node.path}/thinned`, [y, ends, ends, c.b.integers([1, down, across, 1])], whole),
  };
}
