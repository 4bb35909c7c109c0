import { type Doubles, mapped, zeros } from './tensor.ts';

/** Central differences err by about step^2 here and by 1e-16 / step of rounding. */
const step = 1e-5;

/**
 * The gradient of sum(dy * f(x)) by x, from central differences in double precision alone: right to about 1e-9 where f is
 * smooth within the step. It knows no derivative, so that none can be wrong.
 */
export function pullBack(f: (x: Doubles) => Doubles, x: Doubles, dy: Doubles): Doubles {
  const dot = (y: Doubles) => y.data.reduce((sum, v, i) => sum + v * (dy.data[i] as number), 0);
  const moved = (index: number, by: number) => mapped(x, (v, i) => (i === index ? v + by : v));
  return mapped(zeros(x.shape), (_v, i) => (dot(f(moved(i, step))) - dot(f(moved(i, -step)))) / (2 * step));
}
