import { expect, test } from 'vitest';
import { derivedNames } from '../../src/weights/derived-names.ts';
import { namesLike } from '../../src/weights/export-names.ts';
import { compileLibrary, libraryPoint } from '../library-points.ts';
import { readStateDict } from './state-dicts.ts';

/** The names that follow from a map alone. */
const following =
  `lukemelas_efficientnet_b0 timm_efficientnet_b1 timm_efficientnet_lite0 timm_legacy_seresnet50 timm_mnasnet_small
  timm_mobilenetv1_100 timm_mobilenetv2_100 timm_repvgg_a0 timm_resnet18 timm_seresnet50 timm_tinynet_a torchvision_alexnet
  torchvision_efficientnet_b0 torchvision_mnasnet1_0 torchvision_mobilenet_v2 torchvision_resnet50
  torchvision_shufflenet_v2_x1_0`.split(/\s+/);

/** Blocks within stages that ours has not, modules of several names, activations and pools that count as members. */
const open = `timm_mobilenetv3_large_100 timm_mobileone_s0 timm_tf_efficientnetv2_b0 torchvision_efficientnet_v2_s
  torchvision_googlenet torchvision_mobilenet_v3_small torchvision_squeezenet1_0 torchvision_squeezenet1_1
  torchvision_vgg11_bn torchvision_vgg16`.split(/\s+/);

const derive = (name: string) => {
  const [, source, model] = /^([a-z]+)_(.*)$/.exec(name)!;
  const [library, options] = libraryPoint(model!)!;
  const { program, graph } = compileLibrary(library, options);
  return { ...derivedNames(program, graph!, source!), program, graph: graph! };
};

test.each(following)('the names of %s follow from the map', (name) => {
  const { tensors, program, graph } = derive(name);
  const checkpoint = { name, tensors: readStateDict(name), metadata: new Map(), read: () => new Float32Array() };
  const like = namesLike(program, graph, checkpoint).tensors!;
  const byName = (all: typeof like) => Object.fromEntries(all.map((t) => [t.name, [t.tensor.name, t.shape.join()]]));
  expect(byName(tensors!)).toEqual(byName(like));
});

test.each(open)('those of %s do not, which is said', (name) => {
  const { tensors, diagnostics } = derive(name);
  expect(tensors).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(['weight-names-open']);
});
