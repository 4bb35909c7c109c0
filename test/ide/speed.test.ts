import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { checkSource } from '../../src/check-source.ts';
import type { Analysis } from '../../src/ide/core/analysis.ts';
import { createIde } from '../../src/ide/core/create-ide.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { mainPath, memoryHost } from './fixture.ts';
import { percentile, placesOf, typeInto } from './keystrokes.ts';
import { largeSpec, largeTable } from './large-spec.ts';

/** The goals hold on a machine that does nothing else, with ENET_STRICT=1; processor time there varies by a half between machines. */
const room = process.env.ENET_STRICT === '1' ? 1 : 3;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

test.each(['std/efficientnet', 'std/efficientnet-v2'])('keystrokes in %s', (name) => {
  const text = stdlib[name] as string;
  typeInto(text, placesOf(text, /\b\w/g, 10), 'channels');
  const { first, all } = typeInto(text, placesOf(text, /\b\w/g, 40), 'channels');
  // 6 and 35 ms where nothing else runs
  expect(percentile(first, 95)).toBeLessThan(15 * room);
  expect(percentile(all, 95)).toBeLessThan(100 * room);
});

test('keystrokes in ten thousand lines cost a small part of reading them all', () => {
  const text = largeSpec(10_000);
  expect(text.split('\n').length).toBeGreaterThan(10_000);
  const start = process.cpuUsage();
  expect(checkSource({ name: mainPath, text }).diagnostics).toEqual([]);
  const { user, system } = process.cpuUsage(start);
  const { all } = typeInto(text, placesOf(text, /\b\w/g, 20), 'channels');
  expect(percentile(all, 95)).toBeLessThan(100 * room);
  expect(percentile(all, 50)).toBeLessThan((user + system) / 1000 / 20);
});

test('keystrokes in a table of a thousand rows, forty times the longest of the library', () => {
  const text = largeTable(1_000);
  const { checked } = typeInto(text, placesOf(text, /\b\d+ /g, 4), '16');
  expect(percentile(checked, 50)).toBeLessThan(100 * room);
});

test('five thousand edits leave no more memory in use than a thousand', () => {
  const text = largeSpec(300);
  const places = placesOf(text, /hidden, kernel|stem: /g, 30);
  const ide = createIde(memoryHost(new Map()));
  const edit = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      // two declarations at a time, so that each version keeps other ones of the version before
      const [a, b] = [i, i + 7].map((n) => places[n % places.length] as number).sort((x, y) => x - y) as [
        number,
        number,
      ];
      const blanks = [' '.repeat(1 + (i % 60)), ' '.repeat(1 + ((i >> 2) % 60))];
      ide.change(mainPath, text.slice(0, a) + blanks[0] + text.slice(a, b) + blanks[1] + text.slice(b));
      const analysis = ide.analysis(mainPath) as Analysis;
      if (i % 20 > 0) analysis.diagnosticsSoFar();
      else expect(analysis.diagnostics).toEqual([]);
      if (i % 20 === 0) expect(analysis.network('Net19', { phi: i % 3 })).toBeDefined();
    }
  };
  edit(0, 1000);
  const before = usedHeap();
  edit(1000, 5000);
  expect(usedHeap() - before).toBeLessThan(2 << 20);
});

function usedHeap(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
