import { expect, test } from 'vitest';
import { build, lines, messages, model, outputs, problems } from './build.ts';

test('rule 1: the first section takes the input, each other what the section before gave', () => {
  const { graph } = build(model('  a: Conv(8, 3)\n  b: relu\n  c: Conv(4, 1)'));
  expect(lines(graph)).toEqual([
    'image input [3, 32, 32]',
    'a conv [8, 32, 32] <- image',
    'b activation [8, 32, 32] <- a',
    'c conv [4, 32, 32] <- b',
  ]);
});

test('rule 1: a section whose first element is a value starts from it', () => {
  const { graph } = build(model('  a: Conv(8, 3)\n  b: image -> relu'));
  expect(lines(graph)).toEqual(['image input [3, 32, 32]', 'b.relu activation [3, 32, 32] <- image']);
  const fork = build(model('  a: Conv(8, 3)\n  b: Conv(8, 3)\n  c: a -> relu\n  return b, c'));
  expect(lines(fork.graph)).toContain('c.relu activation [8, 32, 32] <- a');
});

test('rule 1: two inputs reach the first section together, in order', () => {
  const { graph } = build(model('  input a: [3, 8, 8]\n  input b: [5, 8, 8]\n  join: Concat'));
  expect(lines(graph).at(-1)).toBe('join concat [8, 8, 8] <- a, b');
});

test('rule 2: `x -> Add(y)` is `Add(x, y)`', () => {
  const chained = build(model('  a: Conv(8, 3)\n  y = a -> relu\n  s: a -> Add(y)')).graph;
  const called = build(model('  a: Conv(8, 3)\n  y = a -> relu\n  z = Add(a, y)\n  s: z -> identity')).graph;
  expect(lines(chained).at(-1)).toBe('s.add add [8, 32, 32] <- a, relu');
  expect(lines(called).at(-1)).toBe('add add [8, 32, 32] <- a, relu');
});

test('rule 2: several tensors travel together and fill the tensor parameters of a step', () => {
  const blocks = `
block Two(x) { return x -> a: Conv(4, 1), x -> b: Conv(4, 1) }
block Join(p, q, scale: int = 1) { return p -> Add(q) }
block Swap(p, q) { return q, p }`;
  const { graph } = build(model('  two: Two\n  swap: Swap\n  join: Join', blocks));
  expect(lines(graph).at(-1)).toBe('join.add add [4, 32, 32] <- two.b, two.a');
});

test('rule 2: names take several tensors by order, `_` discards one', () => {
  const { graph } = build(model('  s: Split(3)\n  _, middle, last = s\n  t: middle -> Add(last)'));
  expect(lines(graph).at(-1)).toBe('t.add add [1, 32, 32] <- s#1, s#2');
});

test('rule 2: a list of tensors is tensors', () => {
  const { graph } = build(model('  a: Conv(8, 3)\n  l = [a, image -> relu]\n  t = Concat(l)\n  c: t -> relu'));
  expect(lines(graph)).toContain('concat concat [11, 32, 32] <- a, relu');
});

test('an element of a list of lists is a list', () => {
  const { graph } = build(model('  l = [[image, image], [image]]\n  a, b = l[0]\n  c: a -> Concat(b)'));
  expect(lines(graph).at(-1)).toBe('c.concat concat [6, 32, 32] <- image, image');
});

test('rule 3: a step left out passes its input on, and owns nothing', () => {
  const text = model('  param deep: bool = false\n  a: Conv(8, 3) -> b: Conv(16, 3) if deep -> relu');
  expect(lines(build(text).graph)).toEqual([
    'image input [3, 32, 32]',
    'a conv [8, 32, 32] <- image',
    'a.relu activation [8, 32, 32] <- a',
  ]);
  expect(lines(build(text, { set: { deep: 'true' } }).graph)).toContain('a.b conv [16, 32, 32] <- a');
});

test('rule 3: the first element of a section may be left out too', () => {
  const { graph } = build(model('  a: Conv(8, 3)\n  b: Conv(16, 3) if 1 > 2\n  c: relu'));
  expect(lines(graph).at(-1)).toBe('c activation [8, 32, 32] <- a');
});

test('rule 3: a left-out step passes several tensors on', () => {
  const blocks = 'block Swap(p, q) { return q, p }';
  const { graph } = build(model('  s: Split(3)\n  a, b, _ = s\n  t: [a, b] -> Swap if false -> Concat', blocks));
  expect(lines(graph).at(-1)).toBe('t.concat concat [2, 32, 32] <- s, s#1');
});

test('rule 10: GlobalAvgPool gives [C, 1, 1], Linear flattens', () => {
  const { graph } = build(model('  a: Conv(8, 3)\n  b: GlobalAvgPool\n  c: Linear(10)'));
  expect(lines(graph).slice(2)).toEqual(['b globalAvgPool [8, 1, 1] <- a', 'c linear [10] <- b']);
  const flat = build(model('  a: Linear(10)')).graph;
  expect(flat.nodes[1]?.tensors[0]?.shape).toEqual([10, 3 * 32 * 32]);
});

test('an activation is a step and a function, identity is nothing at all', () => {
  const { graph } = build(model('  a: Conv(8, 3) -> identity\n  b = silu(a)\n  c: b -> identity'));
  expect(lines(graph)).toEqual([
    'image input [3, 32, 32]',
    'a conv [8, 32, 32] <- image',
    'silu activation [8, 32, 32] <- a',
  ]);
});

test('a rate of 0 is not an op', () => {
  const { graph } = build(model('  a: Conv(8, 3) -> Dropout(0) -> DropPath(0)\n  b: Dropout(0.5)'));
  expect(graph.nodes.map((n) => n.op.kind)).toEqual(['input', 'conv', 'dropout']);
});

test('without `return` the output is the last section, under its name', () => {
  expect(outputs(build(model('  a: Conv(8, 3)\n  logits: Linear(10)')).graph)).toEqual(['logits [10]']);
});

test('outputs have names: as given, as written, numbered where one gives several', () => {
  const text = model('  a: Conv(8, 3)\n  s: Split(2)\n  return first: a, a, s');
  expect(outputs(build(text).graph)).toEqual([
    'first [8, 32, 32]',
    'a [8, 32, 32]',
    's.0 [4, 32, 32]',
    's.1 [4, 32, 32]',
  ]);
  expect(problems(model('  a: Conv(8, 3)\n  b: Conv(8, 3)\n  return f: a, f: b'))).toEqual(['duplicate-output']);
});

test('rule 11: what the outputs do not reach is not built', () => {
  const { graph } = build(model('  a: Conv(8, 3)\n  b: Conv(8, 3)\n  c: Conv(8, 3)\n  return a'));
  expect(lines(graph)).toEqual(['image input [3, 32, 32]', 'a conv [8, 32, 32] <- image']);
  const two = messages(model('  input a: [3, 8, 8]\n  input b: [3, 8, 8]\n  s: a -> c: Conv(8, 3)'));
  expect(two).toEqual(["unbuilt-input: the input 'b' does not reach any output"]);
});

test('`require` states what must hold', () => {
  const block = 'block Even(x) {\n  require x.channels / 2 == floor(x.channels / 2)\n  return x\n}';
  expect(problems(model('  a: Conv(8, 3) -> Even', block))).toEqual([]);
  expect(messages(model('  a: Conv(7, 3) -> Even', block))).toEqual([
    "requirement-failed: the requirement 'x.channels / 2 == floor(x.channels / 2)' does not hold here",
  ]);
});

test('a block sees its parameters alone', () => {
  const block = 'block B(x) { return x -> c: Conv(width, 1) }';
  expect(messages(model('  param width: int = 8\n  a: B -> d: Conv(width, 1)', block))).toEqual([
    "unknown-name: nothing here is called 'width'",
  ]);
});

test('parameters: by order, by name, from the chain, with defaults that see the ones before', () => {
  const block = 'block B(x, a: int, b: int = a * 2, c: int = b + 1) { return x -> k: Conv(a + b + c, 1) }';
  const filters = (call: string) => build(model(`  s: ${call}`, block)).graph.nodes[1]?.shapes[0]?.[0];
  expect(filters('B(1)')).toBe(1 + 2 + 3);
  expect(filters('B(c: 5, a: 1)')).toBe(1 + 2 + 5);
  expect(filters('B(1, 4)')).toBe(1 + 4 + 5);
});
