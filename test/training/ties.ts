import { expect } from 'vitest';
import type { StepRunner } from '../../src/backends/runner.ts';
import type { Window } from '../../src/ops/window.ts';
import { buildCase, type Case } from './case-builder.ts';

interface Tie {
  readonly given: Case;
  readonly gradient: readonly number[];
}

/**
 * Maps of zeros under four windows whose gradients are 1 to 4. Finite differences say nothing there: that the first of equal
 * numbers takes it is TensorFlow's rule and PyTorch's.
 */
export const tieCases: readonly Tie[] = [1, 2].map((dilation) => {
  const pads = { top: 0, left: 0, bottom: 0, right: 0 };
  const window: Window = { kernel: [2, 2], stride: [1, 1], dilation: [dilation, dilation], pads };
  const size = 2 + dilation;
  const given = buildCase(
    `dilation ${dilation}`,
    (c) => {
      const x = c.fed('x', [1, size, size], () => 0);
      const [y] = c.op({ kind: 'maxPool', window }, [x], [1, 2, 2]);
      if (y) c.op({ kind: 'maxPoolGrad', window }, [c.fed('dy', [1, 2, 2], (_u, i) => i + 1), x, y], [1, size, size]);
    },
    1,
  );
  const gradient = Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return row < 2 && column < 2 ? 2 * row + column + 1 : 0;
  });
  return { given, gradient };
});

export async function expectTie(runner: StepRunner, { given, gradient }: Tie): Promise<void> {
  const outputs = await runner.run('run', given.inputs);
  runner.close();
  expect([...(Object.values(outputs)[1]?.data ?? [])]).toEqual(gradient);
}
