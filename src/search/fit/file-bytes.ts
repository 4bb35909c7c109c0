import type { Program } from '../../2-resolve/program.ts';
import { applyPasses } from '../../6-emit/emit.ts';
import { describeNetwork } from '../../6-emit/metadata.ts';
import { onnxTarget } from '../../6-emit/onnx/target.ts';
import { elements } from '../../ops/shape.ts';
import { chooseWeights } from '../../weights/choose-weights.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { BuiltPoint } from '../costs.ts';

/** The size of the ONNX file that `compile` writes for a network without further options, in bytes. */
export function fileBytes(program: Program, { point, graph }: BuiltPoint): number {
  const lowered = applyPasses(graph, onnxTarget, {});
  const { origin } = chooseWeights(program, lowered, { trained: graph });
  const { bytes } = onnxTarget.emit({
    graph: lowered,
    weights: zeroWeights,
    metadata: describeNetwork(program, point, graph, origin, 'NCHW'),
    options: onnxTarget.defaults,
    open: () => ({ sink: { write: () => {} }, name: '' }),
  });
  return bytes;
}

let zeros = new Float32Array(0);

/** Zeros, the same for all networks: the size of a file does not depend on the numbers in it. */
const zeroWeights: WeightSource = {
  read({ shape }) {
    const count = elements(shape);
    if (zeros.length < count) zeros = new Float32Array(count);
    return zeros.subarray(0, count);
  },
};
