import { type OpDescriptor, zero } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import { elements } from '../shape.ts';
import { bool, int, signature } from '../signature.ts';
import { batched, type StepRef, unbatched } from '../steps.ts';
import { affineTensors } from '../tensor.ts';
import { ownTensor } from '../training-rule.ts';
import { withBias } from '../with-bias.ts';

export interface LinearOp {
  readonly kind: 'linear';
  readonly units: number;
  readonly bias: boolean;
}

/** Dense layer: weight `[units, features]`, bias `[units]`. */
export const linear: OpDescriptor<LinearOp> = {
  kind: 'linear',
  signature: signature({
    name: 'Linear',
    tensors: 1,
    doc: 'Dense layer. It flattens its input; its output has one axis.',
    params: {
      units: {
        ...int('Outputs.', [1, opLimits.channels]),
        // Zero units mean a network without a classifier, as in other libraries.
        insteadOfZero: 'a condition leaves the step out: Linear(classes) if classes != 0',
      },
      bias: bool('Whether a bias is added.', { value: true }),
    },
    create: ({ units, bias }) => ({ kind: 'linear', units, bias }),
  }),
  label: () => 'Linear',
  // Uniform in +-1 / sqrt(units): `dense_kernel_initializer` of the EfficientNet reference code.
  tensors: ({ units, bias }, input) =>
    affineTensors([units, elements(input)], { kind: 'uniform', bound: 1 / Math.sqrt(units) }, bias),
  shapes: ({ units }) => [[units]],
  macs: ({ units }, [x = []]) => units * elements(x),
  result: 'written',
  movesOnly: false,
  field: 'all',
  noise: zero,
  train: (c) => {
    const { b, path } = c;
    const shape = c.inputShapes[0] ?? [];
    const features = batched([elements(shape)]);
    const given = c.inputs[0] as StepRef;
    const x = shape.length === 1 ? given : b.one({ kind: 'flatten' }, [given], features, path);
    const weight = ownTensor(c, 'weight');
    const y = b.one({ kind: 'linear' }, [x, weight.value], batched(c.outputShapes[0] ?? []), path);
    return withBias(c, y, (dy) => {
      const dw = weight.trains
        ? b.one({ kind: 'linearGradWeight' }, [x, dy], unbatched(weight.shape), path)
        : undefined;
      return { inputs: [c.passes(0) ? inputGradient(dy) : undefined], tensors: dw ? [[weight, dw]] : [] };
    });
    function inputGradient(dy: StepRef): StepRef {
      const flat = b.one({ kind: 'linearGradInput' }, [dy, weight.value], features, path);
      return shape.length === 1 ? flat : b.one({ kind: 'unflatten', shape }, [flat], batched(shape), path);
    }
  },
  box: 'linear',
  joins: [],
};
