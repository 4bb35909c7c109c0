import type { OpTimes } from './device.ts';
import type { TrainingWork } from './work.ts';

/** Measured times for a batch of `images`, in seconds by path, forward and backward together or separately. */
export interface MeasuredTimes {
  readonly images: number;
  readonly seconds: Readonly<Record<string, number | { readonly forward: number; readonly backward: number }>>;
}

/**
 * Measured times: the ops of a path share its time in the proportions of the device's model. Each op belongs to its longest path. Ops that no path names are scaled as all measured ones together. For other numbers of images times scale as the model does.
 * @param estimated for the micro-batch
 * @param estimate the model's times, by the number of images
 */
export function calibrated(
  { ops }: TrainingWork,
  estimated: OpTimes,
  { images, seconds }: MeasuredTimes,
  estimate: (images: number) => OpTimes,
): OpTimes {
  const asMeasured = estimate(images);
  const paths = Object.keys(seconds).sort((a, b) => b.length - a.length);
  const groups = ops.map(({ node: { path } }) => paths.find((p) => path === p || path.startsWith(`${p}.`)));
  const sum = (times: Float64Array, path: string) =>
    times.reduce((total, time, i) => total + (groups[i] === path ? time : 0), 0);
  const factors = new Map(
    paths.map((path) => {
      const measured = seconds[path] as number | { forward: number; backward: number };
      const [forward, backward] = [sum(asMeasured.forward, path), sum(asMeasured.backward, path)];
      const own =
        typeof measured === 'number'
          ? { forward: measured / (forward + backward), backward: measured / (forward + backward) }
          : { forward: measured.forward / forward, backward: measured.backward / backward };
      return [path, { forward: finite(own.forward), backward: finite(own.backward) }];
    }),
  );
  const scale = (half: keyof OpTimes) => {
    const found = groups.map((path) => (path === undefined ? undefined : factors.get(path)?.[half]));
    const [before, after] = found.reduce<[number, number]>(
      ([b, a], factor, i) => {
        const time = asMeasured[half][i] as number;
        return factor === undefined ? [b, a] : [b + time, a + time * factor];
      },
      [0, 0],
    );
    const others = before > 0 ? after / before : 1;
    return estimated[half].map((time, i) => time * (found[i] ?? others));
  };
  return { forward: scale('forward'), backward: scale('backward') };
}

/** Ops that the model takes for free have nothing to scale. */
function finite(factor: number): number {
  return Number.isFinite(factor) ? factor : 1;
}
