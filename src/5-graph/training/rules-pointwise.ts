import { elements, type Shape } from '../graph.ts';
import type { StepRef } from './program.ts';
import type { Rule, RuleContext } from './rule.ts';
import { batched } from './step-builder.ts';
import { gradientReads } from './step-ops.ts';

/** Rules of the ops that work a number at a time. */

export const activation: Rule<'activation'> = ({ b, op, node, inputs, inputShapes, passes }) => {
  const x = inputs[0] as StepRef;
  const { fn } = op;
  if (fn === 'identity') return { outputs: [x], pull: ([dy]) => ({ inputs: [dy] }) };
  const shape = batched(inputShapes[0] ?? []);
  const y = b.one({ kind: 'activation', fn }, [x], shape, node.path);
  return {
    outputs: [y],
    pull: ([dy]) => {
      const read = gradientReads[fn] === 'input' ? x : y;
      const dx = passes(0) ? b.one({ kind: 'activationGrad', fn }, [dy as StepRef, read], shape, node.path) : undefined;
      return { inputs: [dx] };
    },
  };
};

/** Drops elements. */
export const dropout: Rule<'dropout'> = (c) => masked(c, c.op.rate, c.inputShapes[0] ?? []);

/** Drops whole samples: the mask has one number for each. */
export const dropPath: Rule<'dropPath'> = (c) =>
  masked(
    c,
    c.op.rate,
    (c.inputShapes[0] ?? []).map(() => 1),
  );

export const add: Rule<'add'> = ({ b, node, inputs, inputShapes }) => ({
  outputs: [b.one({ kind: 'add' }, inputs, batched(inputShapes[0] ?? []), node.path)],
  pull: ([dy]) => ({ inputs: inputs.map(() => dy) }),
});

/** A product of several is one of two after the other: each keeps what its gradient needs. */
export const mul: Rule<'mul'> = ({ b, node, inputs, inputShapes, passes }) => {
  interface Product {
    readonly value: StepRef;
    readonly shape: Shape;
    readonly passes: boolean;
  }
  const factors = inputs.map((value, i) => ({ value, shape: inputShapes[i] ?? [], passes: passes(i) }));
  const [first, ...others] = factors as [Product, ...Product[]];
  const products: Product[] = [first];
  for (const factor of others) {
    const before = products.at(-1) as Product;
    const shape = elements(factor.shape) > elements(before.shape) ? factor.shape : before.shape;
    const value = b.one({ kind: 'mul' }, [before.value, factor.value], batched(shape), node.path);
    products.push({ value, shape, passes: before.passes || factor.passes });
  }
  /** The gradient of `of` in a product with `other`; summed where `of` was spread over space. */
  const gradient = (dy: StepRef, of: Product, other: Product): StepRef => {
    const full = elements(of.shape) > elements(other.shape) ? of.shape : other.shape;
    const product = b.one({ kind: 'mul' }, [dy, other.value], batched(full), node.path);
    if (elements(of.shape) === elements(full)) return product;
    return b.one({ kind: 'sumSpace' }, [product], batched(of.shape), node.path);
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
};

function masked(
  c: RuleContext<'dropout'> | RuleContext<'dropPath'>,
  rate: number,
  maskShape: Shape,
): ReturnType<Rule<'dropout'>> {
  const { b, node, training } = c;
  const x = c.inputs[0] as StepRef;
  if (!training) return { outputs: [x], pull: ([dy]) => ({ inputs: [dy] }) };
  const noise = c.noise(elements(maskShape));
  const shape = batched(c.inputShapes[0] ?? []);
  const op = { kind: 'mask', rate, offset: noise.offset, shape: maskShape } as const;
  const mask = b.one(op, [noise.value], batched(maskShape), node.path);
  return {
    outputs: [b.one({ kind: 'mul' }, [x, mask], shape, node.path)],
    pull: ([dy]) => ({
      inputs: [c.passes(0) ? b.one({ kind: 'mul' }, [dy as StepRef, mask], shape, node.path) : undefined],
    }),
  };
}
