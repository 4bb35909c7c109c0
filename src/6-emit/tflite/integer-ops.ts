import type { IntegerForm, IntegerOps } from '../../5-graph/quantise/integer-ops.ts';
import type { QuantisedType } from '../../5-graph/value-type.ts';
import type { ActivationName } from '../../ops/activations.ts';
import type { OpKind } from '../../ops/ops.ts';

/** What LOGISTIC and SOFTMAX give, by TensorFlow Lite's quantisation specification: 0 to 255/256. */
export const shareType: QuantisedType = { element: 'int8', scales: [1 / 256], zeroPoint: -128 };
/** What TANH gives: -1 to 127/128. */
const tanhType: QuantisedType = { element: 'int8', scales: [1 / 128], zeroPoint: 0 };

/** Ops other than layers and sums; the types of their results are stated by the specification. */
const ops: { readonly [K in OpKind]?: IntegerForm } = {
  mul: 'own',
  sub: 'own',
  globalAvgPool: 'own',
  avgPool: 'read',
  concat: 'shared',
};

/**
 * Activations that have an operator on integers. The specification states those of LOGISTIC, SOFTMAX and TANH; the others are in the
 * runtime, LEAKY_RELU as a product, ELU, GELU and HARD_SWISH by tables.
 */
const activations: { readonly [A in ActivationName]?: IntegerForm } = {
  identity: 'read',
  relu: 'own',
  relu6: 'own',
  leaky_relu: 'own',
  elu: 'own',
  gelu: 'own',
  silu: 'own',
  hardswish: 'own',
  sigmoid: shareType,
  softmax: shareType,
  tanh: tanhType,
};

/**
 * What TensorFlow Lite computes on integers (tensorflow/lite/g3doc/performance/quantization_spec.md). No operator reads integers and gives
 * float32 but DEQUANTIZE.
 */
export const integerOps: IntegerOps = {
  givesFloats: false,
  terms: 2,
  formOf(op) {
    if (op.kind === 'activation') return activations[op.fn];
    if (op.kind === 'upsample') return op.mode === 'area' ? undefined : 'read';
    return ops[op.kind];
  },
};
