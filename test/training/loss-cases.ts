import { buildCase, type Case, type Fill, positive, whole } from './case-builder.ts';

const hot: Fill = (_unit, i) => (i % 5 === Math.floor(i / 5) % 5 ? 1 : 0);
const smoothed: Fill = (unit, i) => 0.9 * hot(unit, i) + 0.02;
const logits: Fill = (unit) => 10 * unit - 5;

/** Targets of several kinds: the last does not sum to one. */
const targets: readonly (readonly [string, Fill])[] = [
  ['one class', hot],
  ['smoothed', smoothed],
  ['any weights', positive],
];

export const lossCases: readonly Case[] = targets.flatMap(([name, fill]) => [
  buildCase(
    `cross-entropy of ${name}`,
    (c) => {
      const [losses] = c.op({ kind: 'softmaxCrossEntropy' }, [c.fed('z', [5], logits), c.fed('t', [5], fill)], [], [5]);
      const weights = c.fed('weights', [], positive);
      for (const factor of [1, 0.3]) {
        if (losses) c.op({ kind: 'weightedMean', factor }, [losses, weights], whole());
        c.op({ kind: 'scaleSamples', factor }, [c.fed('x', [5]), weights], [5]);
      }
    },
    3,
  ),
  ...[0, 0.5, 1, 2].map((gamma) =>
    buildCase(
      `focal loss ${gamma} of ${name}`,
      (c) => {
        const inputs = [c.fed('z', [5], logits), c.fed('t', [5], fill), c.number('gamma', gamma)];
        c.op({ kind: 'focalLoss' }, inputs, [], [5]);
      },
      3,
    ),
  ),
]);

export const gradientCases: readonly Case[] = [
  buildCase('whole gradients', (c) => {
    const [a, b, d] = [c.variable('a', [3, 2, 2, 2]), c.variable('b', [4, 3]), c.variable('d', [5])];
    const same = c.variable('e', [5]);
    const factor = c.number('factor', -0.75);
    c.op({ kind: 'globalNorm' }, [a, b, d], whole());
    c.op({ kind: 'globalNorm' }, [a], whole());
    c.op({ kind: 'scale' }, [a, factor], whole(3, 2, 2, 2));
    c.op({ kind: 'scale' }, [b, factor], whole(4, 3));
    c.op({ kind: 'addScaled' }, [d, same, factor], whole(5));
    c.op({ kind: 'isFinite' }, [a], whole());
  }),
  ...[
    [2, 1],
    [0.5, 1],
    [0, 1],
    [3, 0],
    [0, 0],
  ].map(([norm = 0, limit = 0]) =>
    buildCase(`clip ${norm} to ${limit}`, (c) => {
      c.op({ kind: 'clipFactor' }, [c.number('norm', norm), c.number('limit', limit)], whole());
    }),
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((bad) =>
    buildCase(`finite but ${bad}`, (c) => {
      const x = c.fed('x', [2, 3, 3], (unit, i) => (i === 17 ? bad : unit));
      c.op({ kind: 'isFinite' }, [x], whole());
    }),
  ),
];

export const updateCases: readonly Case[] = [
  buildCase('rmsprop', (c) => {
    c.update({
      kind: 'rmsprop',
      variable: 'w',
      meanSquare: 'w/rms',
      momentumSlot: 'w/momentum',
      gradient: c.variable('g', [3, 2, 2, 2]),
      rate: c.number('rate', 0.1),
      decay: c.number('decay', 0.9),
      momentum: c.number('momentum', 0.8),
      epsilon: c.number('epsilon', 0.001),
    });
    c.variable('w', [3, 2, 2, 2]);
    c.variable('w/rms', [3, 2, 2, 2], positive);
    c.variable('w/momentum', [3, 2, 2, 2]);
  }),
  ...[false, true].map((nesterov) =>
    buildCase(nesterov ? 'sgd with Nesterov' : 'sgd', (c) => {
      const [gradient, rate, momentum] = [c.variable('g', [3, 4]), c.number('rate', 0.1), c.number('momentum', 0.9)];
      c.update({ kind: 'sgd', variable: 'w', velocity: 'v', gradient, rate, momentum, nesterov });
      c.variable('w', [3, 4]);
      c.variable('v', [3, 4]);
    }),
  ),
  ...[false, true].map((decays) =>
    buildCase(decays ? 'adamw' : 'adamw without decay', (c) => {
      c.update({
        kind: 'adamw',
        variable: 'w',
        first: 'm',
        second: 'v',
        gradient: c.variable('g', [7]),
        rate: c.number('rate', 0.1),
        beta1: c.number('beta1', 0.9),
        beta2: c.number('beta2', 0.99),
        epsilon: c.number('epsilon', 1e-3),
        correction1: c.number('correction1', 0.19),
        correction2: c.number('correction2', 0.0199),
        ...(decays && { weightDecay: c.number('decay', 0.2) }),
      });
      for (const name of ['w', 'm']) c.variable(name, [7]);
      c.variable('v', [7], positive);
    }),
  ),
  buildCase('averages read what is new', (c) => {
    const value = c.variable('g', [4]);
    for (const name of ['sum', 'mean', 'ema', 'fixed']) c.variable(name, [4]);
    c.update({ kind: 'accumulate', variable: 'sum', value });
    c.update({ kind: 'average', variable: 'mean', value, share: 0.99 });
    c.update({ kind: 'average', variable: 'ema', value: { variable: 'sum' }, share: c.number('share', 0.75) });
    c.update({ kind: 'accumulate', variable: 'sum', value });
    c.update({ kind: 'clear', variable: 'fixed' });
  }),
  buildCase('cleared at the end', (c) => {
    const value = c.variable('g', [2, 3]);
    for (const name of ['sum', 'ema']) c.variable(name, [2, 3]);
    c.update({ kind: 'accumulate', variable: 'sum', value });
    c.update({ kind: 'average', variable: 'ema', value: { variable: 'sum' }, share: 0.5 });
    c.update({ kind: 'clear', variable: 'sum' });
  }),
];
