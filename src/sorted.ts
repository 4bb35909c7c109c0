/**
 * The last index of items for which a condition holds that holds for every item before it; -1 where it holds for none.
 * By halving: items may be the lines of a long text.
 */
export function lastIndexWhile<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = -1;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(items[middle] as T)) low = middle;
    else high = middle - 1;
  }
  return low;
}
