import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { checkSource } from '../../src/check-source.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { referenceModels } from '../library-points.ts';
import { build } from './build.ts';

const folder = new URL('../samples/', import.meta.url);
const samples = readdirSync(folder).filter((f) => f.endsWith('.enet'));
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

test.each(samples)('the sample %s checks without a word', (name) => {
  const { diagnostics } = checkSource({ name, text: read(name) });
  expect(renderDiagnostics(diagnostics, { color: false })).toBe('');
});

test.each(Object.keys(stdlib))('the library file %s checks without a word', (name) => {
  const { diagnostics } = checkSource({ name, text: stdlib[name] as string });
  expect(renderDiagnostics(diagnostics, { color: false })).toBe('');
});

/** Which sample, at which point, is which of the reference's models. */
const points: readonly (readonly [name: string, source: string, file: string, options: object])[] = [
  ['nasnetalarge', 'timm', 'nasnet.enet', { variant: 'large' }],
  ['NASNetMobile', 'keras', 'nasnet.enet', { variant: 'mobile' }],
  ['googlenet', 'torchvision', 'googlenet.enet', {}],
  ['shufflenet_v2_x0_5', 'torchvision', 'shufflenetv2.enet', { variant: 'x0_5' }],
  ['shufflenet_v2_x1_0', 'torchvision', 'shufflenetv2.enet', { variant: 'x1_0' }],
  ['shufflenet_v2_x1_5', 'torchvision', 'shufflenetv2.enet', { variant: 'x1_5' }],
  ['shufflenet_v2_x2_0', 'torchvision', 'shufflenetv2.enet', { variant: 'x2_0' }],
  ['resnet50', 'timm', 'resnet.enet', { variant: 'resnet50' }],
  ['mobilenetv3_large_100', 'timm', 'mobilenetv3.enet', { variant: 'large' }],
];

describe('the samples, number for number', () => {
  test.each(points)('%s of %s', (name, source, file, options) => {
    const reference = referenceModels.find((m) => m.name === name && m.source === source);
    expect(reference).toBeDefined();
    const { params, macs } = totalCost(build(read(file), options).graph);
    expect({ params, macs }).toEqual({
      params: reference?.params_without_aux ?? reference?.params,
      macs: reference?.macs,
    });
  });
});
