import type { IntegerOps } from '../../5-graph/quantise/integer-ops.ts';
import type { OpKind } from '../../ops/ops.ts';

/** Ops in float32 that ONNX Runtime and OpenVINO compute on integers between a DequantizeLinear and a QuantizeLinear. */
const between: ReadonlySet<OpKind> = new Set(['globalAvgPool', 'avgPool', 'mul']);

/** QDQ: any op can read dequantised integers and give float32. */
export const integerOps: IntegerOps = {
  givesFloats: true,
  terms: Number.POSITIVE_INFINITY,
  formOf: ({ kind }) => (between.has(kind) ? 'between' : undefined),
};
