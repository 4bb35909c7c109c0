import { expect, test } from 'vitest';
import { fewestFloats, isMissed, isReached, sought } from '../../src/quantise/return-to-float.ts';

/** Twelve layers, of which the nodes 3 and 7 cost the most; noises add. */
const costs = new Map(Array.from({ length: 12 }, (_, node) => [node, node === 3 ? 10 : node === 7 ? 14 : 30 + node]));

function attempts() {
  const tried: number[] = [];
  const attempt = async (floats: ReadonlySet<number>) => {
    tried.push(floats.size);
    const noise = [...costs].reduce((sum, [node, db]) => sum + (floats.has(node) ? 0 : 10 ** (-db / 10)), 0);
    return { floats, closeness: { sqnr: noise === 0 ? Number.POSITIVE_INFINITY : -10 * Math.log10(noise) } };
  };
  const gains = async () => {
    const without = await Promise.all(
      [...costs.keys()].map(async (node) => [node, await attempt(new Set([node]))] as const),
    );
    tried.length = 0;
    return new Map(without.map(([node, { closeness }]) => [node, closeness.sqnr]));
  };
  return { tried, attempt, gains };
}

test.each([
  [5, []],
  [12, [3]],
  [20, [3, 7]],
  [200, [...costs.keys()]],
])('for %d dB the fewest layers stay float32, the costliest first', async (sqnr, floats) => {
  const { tried, attempt, gains } = attempts();
  const whole = await attempt(new Set());
  const found = await fewestFloats({ sqnr }, whole, { gains, returned: attempt });
  expect(new Set(found.floats)).toEqual(new Set(floats));
  expect(isReached({ sqnr }, found.closeness)).toBe(true);
  // 1, 2, 4, 8, 12, and between the last two
  expect(tried.length).toBeLessThanOrEqual(7);
});

test('fewer layers stay float32 where the others are fitted again to what they give', async () => {
  const { attempt, gains } = attempts();
  const goal = { sqnr: 20 };
  const refits: number[] = [];
  // a fit takes a fifth of the noise of what is left
  const refitted = (share: number) => async (floats: ReadonlySet<number>) => {
    refits.push(floats.size);
    const { closeness } = await attempt(floats);
    return { floats, closeness: { sqnr: closeness.sqnr - 10 * Math.log10(share) } };
  };
  const whole = await attempt(new Set());
  const found = await fewestFloats(goal, whole, { gains, returned: attempt, refitted: refitted(0.2) });
  expect([[...found.floats], refits]).toEqual([[3], [2, 1]]);
  // one that is further off is not taken
  const worse = await fewestFloats(goal, whole, { gains, returned: attempt, refitted: refitted(5) });
  expect([...worse.floats]).toEqual([3, 7]);
});

test('fits that make up for noise that is gone do not send everything to float32', async () => {
  const { attempt, gains } = attempts();
  // more than two layers in float32 leave the fits of the others wrong, until these are fitted again
  const returned = async (floats: ReadonlySet<number>) => {
    const { closeness } = await attempt(floats);
    return { floats, closeness: floats.size > 2 && floats.size < 12 ? { sqnr: 3 } : closeness };
  };
  const whole = await attempt(new Set());
  const few = await fewestFloats({ sqnr: 20 }, whole, { gains, returned });
  expect(new Set(few.floats)).toEqual(new Set([3, 7]));
  // 3 layers are needed: none of the numbers that keep the fits reaches it
  const goal = { sqnr: 25 };
  const kept = await fewestFloats(goal, whole, { gains, returned });
  expect(kept.floats.size).toBe(12);
  const refitted = await fewestFloats(goal, whole, { gains, returned, refitted: attempt });
  expect(isReached(goal, refitted.closeness)).toBe(true);
  const fewer = await attempt(new Set([...refitted.floats].slice(0, -1)));
  expect([refitted.floats.size < 12, isReached(goal, fewer.closeness)]).toEqual([true, false]);
});

test('a layer whose return alone makes the others worse is among the first around which they are fitted again', async () => {
  const { attempt, gains } = attempts();
  const misleading = async () => (await gains()).set(7, 5);
  const returned = async (floats: ReadonlySet<number>) => ({
    floats,
    closeness: { sqnr: floats.size === 12 ? Number.POSITIVE_INFINITY : 3 },
  });
  const whole = await attempt(new Set());
  const found = await fewestFloats({ sqnr: 20 }, whole, { gains: misleading, returned, refitted: attempt });
  expect(new Set(found.floats)).toEqual(new Set([3, 7]));
});

test('a goal is sought by more than itself', () => {
  const { sqnr, agreement } = sought({ sqnr: 20, agreement: 0.97 });
  expect(sqnr).toBe(20.5);
  // half a decibel less noise changes 0.944 times as many answers
  expect(agreement).toBeCloseTo(1 - 0.03 * 0.944, 5);
  expect(sought({ agreement: 1 })).toEqual({ agreement: 1 });
});

test('a goal can ask for agreement, which only classifiers have', () => {
  expect(isReached({ agreement: 0.97 }, { sqnr: 5, agreement: 0.9, expected: 0.97 })).toBe(true);
  expect(isReached({ agreement: 0.97, sqnr: 6 }, { sqnr: 5, agreement: 1, expected: 1 })).toBe(false);
  expect(isReached({ agreement: 0.97 }, { sqnr: 50 })).toBe(false);
});

test.each([
  // of 40 pictures, if 98 % of answers stay the same, at least 2 differ in 19 of 100 cases, at least 3 in 4.6
  [40, 2, false],
  [40, 3, true],
  // of 210, at least 8 in 6.2, at least 9 in 2.7
  [210, 8, false],
  [210, 9, true],
])('of %i pictures, %i answers differ: whether a goal of 0.98 is missed: %s', (pictures, differ, missed) => {
  const agreement = 1 - differ / pictures;
  expect(isMissed({ agreement: 0.98 }, { sqnr: 20, agreement, expected: 0.98 }, pictures)).toBe(missed);
});

test('a goal is missed where less is to be expected, whatever was counted', () => {
  expect(isMissed({ agreement: 0.98 }, { sqnr: 20, agreement: 1, expected: 0.979 }, 40)).toBe(true);
  expect(isMissed({ sqnr: 20 }, { sqnr: 19 }, 40)).toBe(true);
  expect(isMissed({ sqnr: 20 }, { sqnr: 21, agreement: 0 }, 40)).toBe(false);
  expect(isMissed({ agreement: 1 }, { sqnr: 20, agreement: 0.9, expected: 1 }, 10)).toBe(true);
  expect(isMissed({ agreement: 0 }, { sqnr: 20, agreement: 0, expected: 0 }, 10)).toBe(false);
});
