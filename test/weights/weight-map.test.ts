import { describe, expect, it } from 'vitest';
import { matchCheckpoint } from '../../src/weights/match-checkpoint.ts';
import { chooseNamings } from '../../src/weights/namings.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { applyWeightMap } from '../../src/weights/weight-map.ts';
import { compileLibrary, libraryPoint } from '../library-points.ts';
import { span } from '../onnx/graph-builder.ts';
import { mapOf } from './maps.ts';
import { readStateDict, stateDicts } from './state-dicts.ts';

/** One row per line: `path pattern`; `- pattern` without a path. */
const rows = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/^- /, ' ').split(/ +/))
    .map(([path, ...pattern]) => ({ path: path!, pattern: pattern.join(' '), span }));

const pair = (map: string, model: string, checkpoint: string) => {
  const { names, uneven, badRows } = applyWeightMap(rows(map), model.split(' '), checkpoint.split(' '));
  return {
    names: Object.fromEntries([...names].map(([name, parts]) => [name, parts.join(' + ')])),
    uneven: uneven.map(({ path, count, pattern, found }) => ({ path, count, pattern, found })),
    badRows: badRows.map((row) => row.path),
  };
};

describe('public checkpoints', () => {
  it.each(stateDicts)('%s fits, tensor for tensor', (name) => {
    const [, source, model] = /^([a-z]+)_(.*)$/.exec(name)!;
    const [library, options] = libraryPoint(model!)!;
    const { program, graph } = compileLibrary(library, options);
    const tensors = [...requiredTensors(graph!)].map(({ tensor }) => tensor);
    const checkpoint = readStateDict(name);
    const rows = mapOf(library).get(source!);
    const match = matchCheckpoint(tensors, checkpoint, [{ path: '', base: '', ...(rows && { rows }) }]);
    const { names, ...problems } = match;
    expect(problems).toEqual({ missing: [], misshapen: [], unreadable: [], surplus: [], uneven: [], badRows: [] });
    expect(new Set([...names.values()].flat()).size).toBe(tensors.length);
    // timm and torchvision name ResNets alike.
    const { prefix, namings } = chooseNamings(program, graph!, tensors, checkpoint.keys());
    expect([prefix, namings.map(({ column }) => column?.name)]).toEqual(['', [library === 'resnet' ? 'timm' : source]]);
  });

  it('that use our own paths need no column', () => {
    for (const [library, variant] of [
      ['efficientnet', 'b0'],
      ['resnet', 'resnet18'],
    ] as const) {
      const { program, graph } = compileLibrary(library, { variant });
      const tensors = [...requiredTensors(graph!)].map(({ tensor }) => tensor);
      for (const names of [tensors.map(({ name }) => name), ['a.b', 'c.d']]) {
        const { prefix, namings } = chooseNamings(program, graph!, tensors, names);
        expect([prefix, namings.map(({ column }) => column)]).toEqual(['', [undefined]]);
      }
    }
  });
});

describe('stars', () => {
  it('pair by order, with numbers as numbers', () => {
    expect(pair('s.*.a b.*.x', 's.0.a.weight s.1.a.weight', 'b.10.x.weight b.9.x.weight').names).toEqual({
      's.0.a.weight': 'b.9.x.weight',
      's.1.a.weight': 'b.10.x.weight',
    });
  });

  it('keep the order of the source where texts are not numbers', () => {
    expect(pair('s.*.a b*.x', 's.late.a.weight s.early.a.weight', 'b1.x.weight b2.x.weight').names).toEqual({
      's.late.a.weight': 'b1.x.weight',
      's.early.a.weight': 'b2.x.weight',
    });
  });

  it('pair blocks, not rows: what only some blocks have shifts nothing', () => {
    const map = 's.*.a b.*.x\ns.*.c b.*.z';
    expect(pair(map, 's.0.a.bias s.1.a.bias s.1.c.bias', 'b.4.x.bias b.5.x.bias b.5.z.bias').names).toEqual({
      's.0.a.bias': 'b.4.x.bias',
      's.1.a.bias': 'b.5.x.bias',
      's.1.c.bias': 'b.5.z.bias',
    });
  });

  it('do not count what rows above have named, on either side', () => {
    const map = 's.0.a b.0.first\ns.*.a b.*.x\nhead b.*.y';
    const { names, uneven } = pair(map, 's.0.a.bias s.1.a.bias head.bias', 'b.0.first.bias b.3.x.bias b.9.y.bias');
    expect(names).toEqual({
      's.0.a.bias': 'b.0.first.bias',
      's.1.a.bias': 'b.3.x.bias',
      'head.bias': 'b.9.y.bias',
    });
    expect(uneven).toEqual([]);
  });

  it('say where the two sides differ in number', () => {
    expect(pair('s.*.a b.*.x', 's.0.a.bias', 'b.0.x.bias b.1.x.bias').uneven).toEqual([
      { path: 's.*', count: 1, pattern: 'b.*', found: 2 },
    ]);
  });

  it('pair by name where both sides have the same texts, whatever their order', () => {
    const branches = (...names: string[]) => names.map((name) => `m.1.${name}.conv.weight`).join(' ');
    const file = (...names: string[]) => names.map((name) => `Mixed_7.${name}.conv.weight`).join(' ');
    expect(
      pair('m.*.*.conv Mixed_*.*.conv', branches('b1x1', 'b3_2', 'pool'), file('b3_2', 'pool', 'b1x1')).names,
    ).toEqual({
      'm.1.b1x1.conv.weight': 'Mixed_7.b1x1.conv.weight',
      'm.1.b3_2.conv.weight': 'Mixed_7.b3_2.conv.weight',
      'm.1.pool.conv.weight': 'Mixed_7.pool.conv.weight',
    });
    expect(pair('m.*.*.conv Mixed_*.*.conv', branches('b', 'pool'), file('pool', 'c')).names).toEqual({
      'm.1.b.conv.weight': 'Mixed_7.pool.conv.weight',
      'm.1.pool.conv.weight': 'Mixed_7.c.conv.weight',
    });
  });

  it('stand for at least a letter, within one word', () => {
    expect(pair('s.*.a layer*.x', 's.0.a.bias', 'layer.x.bias layer1.y.x.bias layer7.x.bias').names).toEqual({
      's.0.a.bias': 'layer7.x.bias',
    });
  });
});

describe('rows', () => {
  it('may give a module several names: the first that is there counts', () => {
    const map = 's.*.a b.*.x\ns.*.a b.*.y';
    expect(pair(map, 's.0.a.bias s.1.a.bias', 'b.0.y.bias b.1.x.bias b.1.y.bias').names).toEqual({
      's.0.a.bias': 'b.0.y.bias',
      's.1.a.bias': 'b.1.x.bias',
    });
  });

  it('may name a tensor instead of a module', () => {
    expect(pair('fc.weight w', 'fc.weight fc.bias', 'w b').names).toEqual({ 'fc.weight': 'w' });
  });

  it('may join the parts of a grouped convolution', () => {
    expect(pair('s.*.a b.*.x,b.*.y', 's.0.a.weight', 'b.3.x.weight b.3.y.weight').names).toEqual({
      's.0.a.weight': 'b.3.x.weight + b.3.y.weight',
    });
  });

  it('may name what modules are below: the rest goes by the same names', () => {
    expect(pair('x.left y.branch1', 'x.left.conv.weight x.left.a.bn.bias', 'y.branch1.conv.weight').names).toEqual({
      'x.left.conv.weight': 'y.branch1.conv.weight',
      'x.left.a.bn.bias': 'y.branch1.a.bn.bias',
    });
    expect(
      pair(
        's.*.left b.*.branch1',
        's.0.left.conv.weight s.1.left.conv.weight',
        'b.4.branch1.conv.weight b.7.branch1.conv.weight',
      ).names,
    ).toEqual({
      's.0.left.conv.weight': 'b.4.branch1.conv.weight',
      's.1.left.conv.weight': 'b.7.branch1.conv.weight',
    });
  });

  it('name a module before what something is below, wherever they are', () => {
    const { names, uneven } = pair('a q\na.conv z', 'a.conv.weight a.bn.bias', 'q.bn.bias q.conv.weight z.weight');
    expect(names).toEqual({ 'a.conv.weight': 'z.weight', 'a.bn.bias': 'q.bn.bias' });
    expect(uneven).toEqual([]);
    // What a checkpoint has below the name of a module is not that module.
    expect(pair('s.*.a b.*', 's.0.a.bias', 'b.3.bias b.5.x.bias').uneven).toEqual([]);
  });

  it('without a path name what the model does not use', () => {
    const { names, unused, uneven } = applyWeightMap(
      rows('- aux*\na a\n- c.weight'),
      ['a.bias'],
      ['aux1.conv.weight', 'aux2.fc.bias', 'a.bias', 'c.weight', 'c.bias'],
    );
    expect([Object.fromEntries(names), uneven]).toEqual([{ 'a.bias': ['a.bias'] }, []]);
    expect([...unused]).toEqual(['aux1.conv.weight', 'aux2.fc.bias', 'c.weight']);
  });

  it('that hold no pattern are reported', () => {
    expect(pair('a..b c\nd *x*\ne x.*.a,y.*.a\nf g', 'f.bias', 'g.bias')).toEqual({
      names: { 'f.bias': 'g.bias' },
      uneven: [],
      badRows: ['a..b', 'd', 'e'],
    });
  });

  it('without a name for a column do not count', () => {
    expect(pair('a \nb c', 'b.bias', 'c.bias')).toEqual({ names: { 'b.bias': 'c.bias' }, uneven: [], badRows: [] });
  });
});
