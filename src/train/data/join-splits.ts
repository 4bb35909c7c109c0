import type { Split } from './types.ts';

/** The images of several splits as those of one, in their order. */
export function joinSplits(splits: readonly Split[]): Split {
  const starts = [0];
  for (const { count } of splits) starts.push((starts.at(-1) as number) + count);
  const count = starts.pop() as number;
  const labels = new Int32Array(count);
  splits.forEach((split, i) => {
    labels.set(split.labels, starts[i]);
  });
  const at = <T>(index: number, use: (split: Split, index: number) => T): T => {
    const part = starts.findLastIndex((start) => start <= index);
    return use(splits[part] as Split, index - (starts[part] as number));
  };
  return {
    count,
    labels,
    locate: (index) => at(index, (split, i) => split.locate(i)),
    nameOf: (index) => at(index, (split, i) => split.nameOf(i)),
  };
}
