import { expect, test } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { evaluationFraming } from '../../src/train/augment/crops.ts';
import { compileLibrary } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { decode } from './emit.ts';

function metadataOf(library: string, options: Parameters<typeof compileLibrary>[1]) {
  const files = memoryFiles();
  expect(emit(compileLibrary(library, options), onnxTarget, {}, files.open).diagnostics).toEqual([]);
  return Object.fromEntries(decode(files.bytes()).model.metadataProps!.map(({ key, value }) => [key!, value!]));
}

test('a file says how an image becomes its input', () => {
  const inputs = Object.entries(metadataOf('mobilenet-v3', { variant: 'small' })).filter(([key]) =>
    key.startsWith('enet.input.'),
  );
  expect(Object.fromEntries(inputs)).toEqual({
    'enet.input.image.layout': 'NCHW',
    'enet.input.image.channels': 'RGB',
    'enet.input.image.interpolation': 'bicubic',
    'enet.input.image.crop': '0.875',
    'enet.input.image.small': 'whole',
    'enet.input.image.range': '0..1',
    'enet.input.image.mean': '[0.5,0.5,0.5]',
    'enet.input.image.std': '[0.5,0.5,0.5]',
  });
});

test.each([224, 240, 300, 32])('the crop at %i pixels is that of evaluation', (side) => {
  const share = Number(metadataOf('mobilenet-v2', { resolution: side })['enet.input.image.crop']);
  // as large as pictures of such a network are
  const picture = side === 32 ? 60 : 4000;
  expect(Math.floor(side / share)).toBe(evaluationFraming([picture, picture], [side, side], undefined).width);
});

test('a TensorFlow.js model says the same, but for its layout', () => {
  const files = memoryFiles();
  emit(compileLibrary('mobilenet-v3', { variant: 'small' }), layersTarget, {}, files.open);
  const { userDefinedMetadata } = JSON.parse(new TextDecoder().decode(files.bytes('model.json')));
  expect(userDefinedMetadata).toMatchObject({
    'enet.input.image.layout': 'NHWC',
    'enet.input.image.channels': 'RGB',
    'enet.input.image.interpolation': 'bicubic',
    'enet.input.image.crop': '0.875',
  });
});
