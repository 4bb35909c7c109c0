import type { StepRef, Update } from '../../src/5-graph/training/program.ts';
import { type CaseBuilder, type OpCase, opCase, plain, scalar } from './op-case.ts';

/** An update of a weight whose slots start as some numbers, twice: the second reads what the first has changed. */
function updating(
  name: string,
  make: (c: CaseBuilder, weight: string, gradient: StepRef) => readonly Update[],
): OpCase {
  return opCase(`update: ${name}`, (c) => {
    const shape = [4, 2, 3, 3];
    const weight = c.slot('w', shape, 'conv');
    const gradient = c.b.one({ kind: 'scale' }, [c.held(shape, 'conv'), c.number(0.5)], plain(shape));
    for (const update of make(c, weight, gradient)) c.b.update(update);
    c.b.output('before', c.b.one({ kind: 'globalNorm' }, [c.b.variable(weight, shape)], scalar));
  });
}

/** Each kind of update, and how they follow upon each other. */
export const updateCases: readonly OpCase[] = [
  updating('rmsprop', (c, variable, gradient) => {
    const meanSquare = c.slot('w/rms', [4, 2, 3, 3], 'conv', 0.1, 1);
    const momentumSlot = c.slot('w/momentum', [4, 2, 3, 3], 'conv');
    const [rate, decay, momentum, epsilon] = [0.016, 0.9, 0.8, 1e-3].map(c.number) as StepRef[];
    const numbers = { rate, decay, momentum, epsilon } as Record<'rate' | 'decay' | 'momentum' | 'epsilon', StepRef>;
    return [{ kind: 'rmsprop', variable, meanSquare, momentumSlot, gradient, ...numbers }];
  }),
  ...[false, true].map((nesterov) =>
    updating(nesterov ? 'sgd, nesterov' : 'sgd', (c, variable, gradient) => {
      const velocity = c.slot('w/momentum', [4, 2, 3, 3], 'conv');
      const [rate, momentum] = [c.number(0.1), c.number(0.9)];
      return [{ kind: 'sgd', variable, velocity, gradient, rate, momentum, nesterov }];
    }),
  ),
  ...[false, true].map((decays) =>
    updating(decays ? 'adamw' : 'adamw without decay', (c, variable, gradient) => {
      const first = c.slot('w/first', [4, 2, 3, 3], 'conv');
      const second = c.slot('w/second', [4, 2, 3, 3], 'conv', 0, 1);
      const [rate, beta1, beta2, epsilon] = [c.number(0.01), c.number(0.9), c.number(0.999), c.number(1e-8)];
      const [correction1, correction2] = [c.number(1 - 0.9 ** 3), c.number(1 - 0.999 ** 3)];
      const slots = { kind: 'adamw', variable, first, second } as const;
      const numbers = { gradient, rate, beta1, beta2, epsilon, correction1, correction2 };
      return [{ ...slots, ...numbers, ...(decays && { weightDecay: c.number(0.05) }) }];
    }),
  ),
  updating('averages', (c, variable, gradient) => {
    const shape = [4, 2, 3, 3];
    const velocity = c.slot('w/momentum', shape, 'conv');
    const ema = c.slot('w/ema', shape, 'conv');
    const statistic = c.slot('s', [5], 'vector');
    const statisticAverage = c.slot('s/ema', [5], 'vector');
    const share = c.number(0.99);
    const [rate, momentum] = [c.number(0.1), c.number(0.9)];
    return [
      { kind: 'sgd', variable, velocity, gradient, rate, momentum, nesterov: false },
      { kind: 'average', variable: statistic, value: c.held([5], 'vector'), share: 0.9 },
      { kind: 'average', variable: ema, value: { variable }, share },
      { kind: 'average', variable: statisticAverage, value: { variable: statistic }, share },
    ];
  }),
  updating('accumulate and clear', (c, variable, gradient) => {
    const sum = c.slot('w/sum', [4, 2, 3, 3], 'conv');
    return [
      { kind: 'accumulate', variable, value: gradient },
      { kind: 'average', variable, value: { variable: sum }, share: 0.5 },
      { kind: 'clear', variable: sum },
    ];
  }),
  updating('accumulate after clear', (c, variable, gradient) => [
    { kind: 'clear', variable },
    { kind: 'accumulate', variable, value: gradient },
    { kind: 'accumulate', variable, value: c.b.variable(variable, [4, 2, 3, 3]) },
  ]),
];
