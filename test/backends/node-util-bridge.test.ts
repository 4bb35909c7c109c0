import { expect, test } from 'vitest';
import { bridgeNodeUtil } from '../../src/backends/node-util-bridge.ts';

test('puts back what Node 23 took away', () => {
  const util: Record<string, (value: unknown) => boolean> = {};
  bridgeNodeUtil(util);
  expect([null, undefined, 0, '', false].map((v) => util.isNullOrUndefined!(v))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([[], {}, 'ab'].map((v) => util.isArray!(v))).toEqual([true, false, false]);
});

test('leaves alone what is there', () => {
  const isArray = () => true;
  const util = { isArray };
  bridgeNodeUtil(util);
  expect(util.isArray).toBe(isArray);
});

test("Node's own util has both afterwards", async () => {
  bridgeNodeUtil();
  const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>;
  expect(typeof util.isNullOrUndefined).toBe('function');
  expect(typeof util.isArray).toBe('function');
});
