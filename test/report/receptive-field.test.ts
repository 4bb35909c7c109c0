import { expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { fieldSize, receptiveFields } from '../../src/5-graph/receptive-field.ts';
import { compile } from '../../src/compile.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { build, model } from '../language/build.ts';

const at = (graph: Graph, path: string) => {
  const i = graph.nodes.findLastIndex((n) => n.path === path);
  const field = receptiveFields(graph)[i];
  return field && [fieldSize(field), field.stride];
};

// Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill 2019), table 1
test('the published field and stride of MobileNetV1: 315 at 32', () => {
  const { graph } = compile({ name: 'm', text: stdlib['std/mobilenet-v1'] as string });
  expect(graph && at(graph, 'stages.4.1.project.conv')).toEqual([315, 32]);
});

test('the published field and stride of VGG-16 and AlexNet: 212 at 32, 195 at 32', () => {
  const vgg = [2, 2, 3, 3, 3].map((convs, i) => {
    const steps = Array.from({ length: convs }, (_, c) => `c${c}: Conv(4, 3)`);
    return `  s${i}: ${[...steps, 'pool: MaxPool(2)'].join(' -> ')}`;
  });
  const { graph } = build(model(`  input image: [3, 224, 224]\n${vgg.join('\n')}`));
  expect(at(graph, 's4.pool')).toEqual([212, 32]);
  const alex = build(
    model(`  input image: [3, 224, 224]
  s1: c: Conv(4, 11, stride: 4, padding: valid) -> pool: MaxPool(3, stride: 2, padding: valid)
  s2: c: Conv(4, 5) -> pool: MaxPool(3, stride: 2, padding: valid)
  s3: c: Conv(4, 3) -> d: Conv(4, 3) -> e: Conv(4, 3) -> pool: MaxPool(3, stride: 2, padding: valid)`),
  );
  expect(at(alex.graph, 's3.pool')).toEqual([195, 32]);
});

test('dilation widens the reach; a global pool sees all and takes all for one step; of joined paths the larger stride', () => {
  const { graph } = build(
    model(`  input image: [3, 16, 16]
  stem: Conv(4, 3, stride: 2) -> wide: Conv(4, 3, dilation: 2)
  all: GlobalAvgPool -> mix: Conv(4, 1)
  window: stem -> conv: Conv(4, 8, padding: valid)
  both: all -> Add(window)`),
  );
  expect(at(graph, 'stem.wide')).toEqual([3 + 4 * 2, 2]);
  expect(at(graph, 'all.mix')).toEqual([11 + 7 * 2, 16]);
  expect(at(graph, 'window.conv')).toEqual([11 + 7 * 2, 2]);
  expect(at(graph, 'both.add')).toEqual([11 + 7 * 2, 16]);
});

test('joined paths see the hull of what each sees; a pad shifts', () => {
  const { graph } = build(
    model(`  input image: [3, 16, 16]
  stem: Conv(4, 1, stride: 2)
  up: stem -> Pad(2, 0) -> conv: Conv(4, 3, padding: valid)
  down: stem -> Pad(0, 4) -> conv: Conv(4, 5, padding: valid)
  both: Add(up, down)
  return both`),
  );
  const fields = receptiveFields(graph);
  const of = (path: string) => fields[graph.nodes.findIndex((n) => n.path === path)];
  expect(of('up.conv')).toEqual({ first: -4, last: 0, stride: 2 });
  expect(of('down.conv')).toEqual({ first: 0, last: 8, stride: 2 });
  expect(of('both')).toEqual({ first: -4, last: 8, stride: 2 });
});
