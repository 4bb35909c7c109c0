import type { CompileOptions } from '../../src/compile.ts';
import { stdlib } from '../../src/stdlib.generated.ts';

/** A small member of each model of the library: the least variant, few classes, small images. */
export const members: Readonly<Record<string, CompileOptions>> = {
  'std/alexnet': { variant: '2012', resolution: 99, set: { classes: '4', filters: '[12, 16, 24, 24, 16]' } },
  'std/amoebanet': { variant: 'd', resolution: 96, set: { classes: '4', cells: '1', filters: '16' } },
  'std/deeplab-v3': { resolution: 64 },
  'std/efficientdet': { variant: 'd0', resolution: 128 },
  'std/efficientnet': { variant: 'b0', resolution: 65 },
  'std/efficientnet-lite': { variant: 'lite0', resolution: 64 },
  'std/efficientnet-v2': { variant: 'b0', resolution: 65 },
  'std/googlenet': { resolution: 65, set: { classes: '4' } },
  'std/inception-v3': { resolution: 139, set: { classes: '4' } },
  'std/lr-aspp': { resolution: 96 },
  'std/mnasnet': { variant: 'a1', resolution: 64 },
  'std/mobilenet-v1': { resolution: 64 },
  'std/mobilenet-v2': { resolution: 64 },
  'std/mobilenet-v3': { variant: 'small', resolution: 65 },
  'std/mobileone': { resolution: 64 },
  'std/nasnet': { variant: 'mobile', resolution: 96 },
  'std/repvgg': { resolution: 64 },
  'std/resnet': { variant: 'resnet50', resolution: 64, w: 0.5, set: { classes: '4' } },
  'std/senet': { variant: 'legacy_seresnet50', resolution: 64, set: { classes: '4' } },
  'std/shufflenet-v2': { variant: 'x0_5', resolution: 64 },
  'std/squeezenet': { resolution: 65 },
  'std/ssd': { resolution: 300, set: { classes: '4' } },
  'std/ssdlite': { resolution: 192 },
  'std/tinynet': { resolution: 64 },
  // its dense layers alone take half a gigabyte
  'std/vgg': { variant: 'vgg11', resolution: 64, outputs: ['stages'] },
};

/** The library's models, by their files. */
export const models = Object.keys(stdlib).filter((path) => stdlib[path]!.includes('\nmodel '));
