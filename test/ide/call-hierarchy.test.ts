import { expect, test } from 'vitest';
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from '../../src/ide/features/call-hierarchy.ts';
import { openFixture } from './fixture.ts';

const texts = {
  'main.enet': `import { MBConv } from "std/blocks"
import { Pair } from "./pair.enet"
model M {
  input x: [3, 32, 32]
  stem: Pa▮ir(8) -> again: Pair(8)
  body: MBConv(16)
  return body
}
`,
  'pair.enet': `import { ConvBnAct } from "std/blocks"
block Pair(x, n: int) {
  return x -> a: ConvBnAct(n) -> b: ConvBnAct(n)
}
`,
};

test('who calls a block, and what it calls, through files and the library', () => {
  const { ide, analysis, offset } = openFixture(texts);
  const [item] = prepareCallHierarchy(analysis, offset);
  expect(item?.name).toBe('Pair');
  const told = (calls: ReturnType<typeof incomingCalls>) =>
    calls.map(
      (c) => `${c.item.kind} ${c.item.name} in ${c.places[0]?.path.replace('/space/', '')}: ${c.places.length}`,
    );
  expect(told(incomingCalls(ide, item!))).toEqual(['model M in main.enet: 2']);
  const outgoing = outgoingCalls(ide, item!);
  expect(told(outgoing)).toEqual(['block ConvBnAct in pair.enet: 2']);
  const inner = outgoing[0]!.item;
  expect(inner.place.path).toBe('std/blocks');
  const callers = incomingCalls(ide, inner).map((c) => c.item.name);
  expect(callers).toContain('Pair');
  expect(callers).toContain('MBConv');
  expect(outgoingCalls(ide, inner)).toEqual([]);
});

test('inside of a declaration and on no name, the declaration is meant', () => {
  const { analysis } = openFixture(texts);
  const at = analysis.source.text.indexOf('input');
  expect(prepareCallHierarchy(analysis, at).map((i) => i.name)).toEqual(['M']);
  expect(prepareCallHierarchy(analysis, 0)).toEqual([]);
});
