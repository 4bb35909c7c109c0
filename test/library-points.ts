import { readFileSync } from 'node:fs';
import type { CompileOptions } from '../src/compile.ts';
import { compile } from '../src/compile.ts';
import { libraryModels } from '../src/library.ts';
import { stdlib } from '../src/stdlib.generated.ts';

/** A record of test/reference/models.json or more-models.json. */
export interface ReferenceModel {
  readonly name: string;
  readonly source: 'timm' | 'torchvision' | 'keras';
  readonly params: number;
  /** Without auxiliary heads, where there are some. */
  readonly params_without_aux?: number;
  readonly buffers: number;
  readonly macs: number;
  readonly macs_at?: Readonly<Record<string, number>> | null;
  readonly input_size: readonly number[];
}

export const referenceModels: readonly ReferenceModel[] = ['models', 'more-models'].flatMap(
  (file) => JSON.parse(readFileSync(new URL(`./reference/${file}.json`, import.meta.url), 'utf8')).models,
);

type Point = readonly [library: string, options: CompileOptions];
const width = (percent: string | undefined) => (percent === '100' ? {} : { w: Number(percent) / 100 });

/** Which library model is which of the reference's names. */
const points: readonly (readonly [RegExp, (match: RegExpExecArray) => Point])[] = [
  [/^(?:tf_)?efficientnet_(b\d|l2)$/, (m) => ['efficientnet', { variant: m[1] }]],
  [/^(?:tf_)?efficientnet_lite(\d)$/, (m) => ['efficientnet-lite', { variant: `lite${m[1]}` }]],
  [/^(?:tf_)?efficientnet_?v2_(b\d|s|m|l|xl)$/, (m) => ['efficientnet-v2', { variant: m[1] }]],
  [/^mobilenetv1_100$/, () => ['mobilenet-v1', {}]],
  [/^mobilenetv2_(\w+)$/, (m) => ['mobilenet-v2', { variant: `w${m[1]}` }]],
  [/^mobilenet_v2$/, () => ['mobilenet-v2', {}]],
  [/^(?:tf_)?mobilenetv3_(large|small)_(\d+)$/, (m) => ['mobilenet-v3', { variant: m[1], ...width(m[2]) }]],
  [/^mobilenet_v3_(large|small)$/, (m) => ['mobilenet-v3', { variant: m[1] }]],
  [/^mnasnet_(\d+)$/, (m) => ['mnasnet', { variant: 'b1', ...width(m[1]) }]],
  [/^semnasnet_(\d+)$/, (m) => ['mnasnet', { variant: 'a1', ...width(m[1]) }]],
  [/^mnasnet_small$/, () => ['mnasnet', { variant: 'small' }]],
  [/^mnasnet(\d)_(\d+)$/, (m) => ['mnasnet', { variant: 'b1', w: Number(`${m[1]}.${m[2]}`) }]],
  [/^(resnet\d+|seresnet50)$/, (m) => ['resnet', { variant: m[1] }]],
  [/^(?:legacy_)?senet154$/, () => ['senet', { variant: 'senet154' }]],
  [/^legacy_seresne(?:t(?:50|101|152)|xt(?:50|101)_32x4d)$/, (m) => ['senet', { variant: m[0] }]],
  [/^tinynet_([a-e])$/, (m) => ['tinynet', { variant: m[1] }]],
  [/^repvgg_(\w+)$/, (m) => ['repvgg', { variant: m[1] }]],
  [/^mobileone_(s\d)$/, (m) => ['mobileone', { variant: m[1] }]],
  [/^alexnet$/, () => ['alexnet', { variant: 'one_weird_trick' }]],
  [/^vgg\d+(?:_bn)?$/, (m) => ['vgg', { variant: m[0] }]],
  [/^googlenet$/, () => ['googlenet', {}]],
  [/^inception_v3$/, () => ['inception-v3', {}]],
  [/^nasnetalarge$/, () => ['nasnet', { variant: 'large' }]],
  [/^squeezenet(1_\d)$/, (m) => ['squeezenet', { variant: m[1] }]],
  [/^shufflenet_v2_(x\d_\d)$/, (m) => ['shufflenet-v2', { variant: m[1] }]],
];

/** The library's model and options for a reference model, or undefined where the library has no such model. */
export function libraryPoint(name: string): Point | undefined {
  for (const [pattern, make] of points) {
    const match = pattern.exec(name);
    if (match) return make(match);
  }
  return undefined;
}

/** TensorFlow's convention for timm's `tf_` names, PyTorch's for the others. */
export function conventionOf(name: string): 'tf' | 'torch' {
  return name.startsWith('tf_') ? 'tf' : 'torch';
}

/** Compiles a model of the library. */
export function compileLibrary(library: string, options: CompileOptions = {}) {
  const module = libraryModels.find((m) => m.name === library)?.module ?? library;
  return compile({ name: module, text: stdlib[module] as string }, options);
}
