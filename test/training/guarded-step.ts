import { buildCase, type Case } from './case-builder.ts';

/** A step of SGD on `w`, unless the norm of its gradient is not finite; that comes from `x`, `[2, 3]`. */
export const guardedStep: Case = buildCase('a step', (c) => {
  const x = c.fed('x', [3]);
  const weight = c.variable('w', [3, 3]);
  const [y] = c.op({ kind: 'linear' }, [x, weight], [3]);
  if (!y) return;
  const [gradient] = c.op({ kind: 'linearGradWeight' }, [x, y], { batch: false, dims: [3, 3] });
  if (!gradient) return;
  const [norm] = c.op({ kind: 'globalNorm' }, [gradient], { batch: false, dims: [] });
  if (norm) c.guard(norm);
  const [rate, momentum] = [c.number('rate', 0.1), c.number('momentum', 0.9)];
  c.variable('w/momentum', [3, 3], () => 0);
  c.update({ kind: 'sgd', variable: 'w', velocity: 'w/momentum', gradient, rate, momentum, nesterov: false });
});
