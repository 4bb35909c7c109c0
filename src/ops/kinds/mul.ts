import { elementwiseParts, type OpDescriptor } from '../descriptor.ts';
import { joinedShape, type Shape } from '../shape.ts';
import { signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';
import { sumTo } from '../sum-to.ts';
import type { Lowered, RuleContext } from '../training-rule.ts';

export interface MulOp {
  readonly kind: 'mul';
}

export const mul: OpDescriptor<MulOp> = {
  kind: 'mul',
  signature: signature({
    name: 'Mul',
    tensors: 'many',
    doc: 'The product, element by element; of numbers too. A `[C, 1, 1]` gates each channel.',
    params: {},
    numbers: (operands) => ({ scale: operands.reduce<number>((product, n) => product * (n ?? 1), 1), offset: 0 }),
    create: () => ({ kind: 'mul' }),
  }),
  label: () => 'Mul',
  ...elementwiseParts,
  train: product,
};

interface Product {
  readonly value: StepRef;
  readonly shape: Shape;
  readonly passes: boolean;
}

/** A product of several is computed pairwise: each keeps what its gradient needs. */
function product({ b, path, inputs, inputShapes, passes }: RuleContext<MulOp>): Lowered {
  const factors = inputs.map((value, i) => ({ value, shape: inputShapes[i] ?? [], passes: passes(i) }));
  const [first, ...others] = factors as [Product, ...Product[]];
  const products: Product[] = [first];
  for (const factor of others) {
    const before = products.at(-1) as Product;
    const shape = joinedShape(before.shape, factor.shape);
    const value = b.one({ kind: 'mul' }, [before.value, factor.value], batched(shape), path);
    products.push({ value, shape, passes: before.passes || factor.passes });
  }
  /** The gradient of `of` in a product with `other`; summed where `of` was repeated. */
  const gradient = (dy: StepRef, of: Product, other: Product): StepRef => {
    const full = joinedShape(of.shape, other.shape);
    const product = b.one({ kind: 'mul' }, [dy, other.value], batched(full), path);
    return sumTo(b, product, full, of.shape, path);
  };
  return {
    outputs: [(products.at(-1) as Product).value],
    pull: ([dy]) => {
      const gradients: (StepRef | undefined)[] = inputs.map(() => undefined);
      let current = dy as StepRef;
      for (let i = factors.length - 1; i > 0; i--) {
        const [before, factor] = [products[i - 1] as Product, factors[i] as Product];
        if (factor.passes) gradients[i] = gradient(current, factor, before);
        if (!before.passes) return { inputs: gradients };
        current = gradient(current, before, factor);
      }
      gradients[0] = current;
      return { inputs: gradients };
    },
  };
}
