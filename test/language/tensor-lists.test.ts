import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { build, lines, messages, model, problems } from './build.ts';

const blocks = `
block Join(xs: tensor[], channels: int) {
  each = [x -> project: Conv(channels, 1) for x in xs]
  return Concat(each)
}

block After(x, others: tensor[]) {
  return Concat([x -> first: Conv(x.channels + 10 * len(others), 1)]) -> all: Concat(others)   if len(others) > 0
}

block Maybe(x, others: tensor[] = []) {
  return x -> conv: Conv(len(others) + 1, 1)
}

block Two(x) {
  return x -> relu, x -> tanh
}`;
const inputs = '  input a: [1, 8, 8]\n  input b: [2, 8, 8]\n  input c: [3, 8, 8]\n';
const text = (members: string) => model(inputs + members, blocks);
const convs = (members: string) => lines(build(text(members)).graph).filter((line) => line.includes(' conv '));

const joined = [
  's.project.0 conv [4, 8, 8] <- a',
  's.project.1 conv [4, 8, 8] <- b',
  's.project.2 conv [4, 8, 8] <- c',
];

test('a block takes any number of tensors: as a list, from the chain, from the section before', () => {
  expect(convs('  s: Join([a, b, c], 4)')).toEqual(joined);
  expect(convs('  s: Join(channels: 4, xs: [a, b, c])')).toEqual(joined);
  expect(convs('  s: Join(4)')).toEqual(joined);
  expect(convs('  t: [a, b, c] -> s: Join(4)')).toEqual(joined.map((line) => `t.${line}`));
  expect(convs('  all = [a, b, c]\n  t: all -> s: Join(4)')).toEqual(joined.map((line) => `t.${line}`));
});

test('one tensor is a list of one, and none an empty list', () => {
  expect(convs('  s: Join(b, 4)')).toEqual(['s.project.0 conv [4, 8, 8] <- b']);
  expect(convs('  t: b -> s: Join(4)')).toEqual(['t.s.project.0 conv [4, 8, 8] <- b']);
  expect(convs('  s: After(b, [])')).toEqual(['s.first conv [2, 8, 8] <- b']);
});

test('tensors of the chain fill the parameters in order, the list takes what is left', () => {
  const first = (members: string) => convs(members)[0];
  expect(first('  t: [c, a, b] -> s: After')).toBe('t.s.first conv [23, 8, 8] <- c');
  expect(first('  t: c -> s: After([a, b])')).toBe('t.s.first conv [23, 8, 8] <- c');
  expect(first('  s: After(c, [a, b])')).toBe('s.first conv [23, 8, 8] <- c');
  expect(first('  two: b -> Two\n  t: c -> s: After(two)')).toBe('t.s.first conv [23, 8, 8] <- c');
});

test('a list without a default has to be given; what one parameter is given too much does not go to it', () => {
  expect(messages(text('  t: c -> s: After'))).toEqual([
    "missing-tensor: 'After' needs the tensor 'others', which neither the chain nor an argument provides",
  ]);
  expect(convs('  t: c -> s: Maybe')).toEqual(['t.s.conv conv [1, 8, 8] <- c']);
  expect(convs('  t: c -> s: Maybe([a])')).toEqual(['t.s.conv conv [2, 8, 8] <- c']);
  expect(problems(text('  two: a -> Two\n  s: After(two, [a])'))).toEqual(['too-many-tensors']);
});

test('what is not made of tensors does not fit', () => {
  expect(problems(text('  t: a -> s: Join(channels: [4])'))).toEqual(['wrong-type']);
  expect(problems(text('  s: Join([a, 4], 4)'))).toEqual(['wrong-type']);
});

test('a list of tensors stands last among the tensors of a block, and one tensor has no type', () => {
  expect(problems('block B(xs: tensor[], y) {\n  return Concat(xs) -> Add(y)\n}\n')).toContain('tensor-list-place');
  expect(problems(model('  param xs: tensor[]\n  s: relu'))).toContain('tensor-list-place');
  expect(problems('block B(n: int, xs: tensor[], m: int) {\n  return Concat(xs) -> c: Conv(n, m)\n}\n')).not.toContain(
    'tensor-list-place',
  );
  const plain = 'block B(x: tensor) {\n  return x -> relu\n}\n';
  expect(problems(plain)).toContain('tensor-type');
});

test('a kept block of other tensors is another call', () => {
  const twice = convs('  s: Join([a, b], 4)\n  t: Join([a], 4)\n  return s, t');
  expect(twice).toHaveLength(3);
});

test('the formatter keeps the type', () => {
  const { text } = format({ name: 'a.enet', text: 'block B(x,xs:tensor [ ],n:int=2){return x}' });
  expect(text).toContain('block B(x, xs: tensor[], n: int = 2) {');
});
