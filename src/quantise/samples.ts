import { type Graph, type GraphNode, inputShapeOf } from '../5-graph/graph.ts';
import { nextUnit, randomState } from '../weights/random.ts';

/** Positions of a layer's output in one picture, the same for all uses of the picture. */
export function positionsOf(node: GraphNode, picture: number, most: number): Int32Array {
  const [, rows = 1, columns = 1] = node.shapes[0] as readonly number[];
  const all = rows * columns;
  if (all <= most) return Int32Array.from({ length: all }, (_, i) => i);
  const state = randomState(picture, node.path);
  return Int32Array.from({ length: most }, () => Math.floor(nextUnit(state) * all));
}

/** How many numbers one filter of a layer reads. */
export function readsOf(graph: Graph, node: GraphNode): number {
  const [channels = 1] = inputShapeOf(graph, node);
  const { op } = node;
  if (op.kind !== 'conv') return inputShapeOf(graph, node).reduce((a, b) => a * b, 1);
  return (channels / op.groups) * op.window.kernel[0] * op.window.kernel[1];
}

/**
 * The inputs of a group's filters at some positions.
 * @param input of one picture, `[C, H, W]` @param out `[positions, reads]`
 */
export function gatherInputs(
  graph: Graph,
  node: GraphNode,
  group: number,
  input: Float32Array,
  positions: Int32Array,
  out: Float32Array,
): void {
  const { op } = node;
  if (op.kind !== 'conv') {
    out.set(input);
    return;
  }
  const [channels = 1, height = 1, width = 1] = inputShapeOf(graph, node);
  const [, , columns = 1] = node.shapes[0] as readonly number[];
  const { kernel, stride, dilation, pads } = op.window;
  const inGroup = channels / op.groups;
  let at = 0;
  for (const position of positions) {
    const top = Math.floor(position / columns) * stride[0] - pads.top;
    const left = (position % columns) * stride[1] - pads.left;
    for (let c = group * inGroup; c < (group + 1) * inGroup; c++) {
      for (let j = 0; j < kernel[0]; j++) {
        const y = top + j * dilation[0];
        for (let k = 0; k < kernel[1]; k++) {
          const x = left + k * dilation[1];
          const isInside = y >= 0 && y < height && x >= 0 && x < width;
          out[at++] = isInside ? (input[(c * height + y) * width + x] as number) : 0;
        }
      }
    }
  }
}

/** The results of filters at some positions. @param output of one picture @param out `[positions, filters]` */
export function gatherOutputs(
  node: GraphNode,
  first: number,
  filters: number,
  output: Float32Array,
  positions: Int32Array,
  out: Float32Array,
): void {
  const [all = 1] = node.shapes[0] as readonly number[];
  const size = output.length / all;
  let at = 0;
  for (const position of positions) {
    for (let f = first; f < first + filters; f++) out[at++] = output[f * size + position] as number;
  }
}
