import { readFileSync } from 'node:fs';
import { type Compilation, type CompileOptions, compile } from '../../src/compile.ts';
import { compileLibrary } from '../library-points.ts';

/** Networks of several families, small: name, compiled at a resolution and in a convention, and whether it is native. */
export interface SmallNetwork {
  readonly name: string;
  /** Whether its layers model needs none of our own layers. */
  readonly native: boolean;
  compile(): Compilation;
}

const library = (model: string, variant: string, resolution: number, native: boolean): SmallNetwork[] =>
  (['tf', 'torch'] as const).map((convention) => ({
    name: `${model} ${variant}, ${convention}`,
    native,
    compile: () => compileLibrary(model, { variant, resolution, convention }),
  }));

const sample = (file: string, options: CompileOptions, native: boolean): SmallNetwork => ({
  name: file,
  native,
  compile: () => {
    const text = readFileSync(new URL(`../samples/${file}.enet`, import.meta.url), 'utf8');
    return compile({ name: `${file}.enet`, text: text.replaceAll('224', '64') }, options);
  },
});

export const smallNetworks: readonly SmallNetwork[] = [
  ...library('efficientnet', 'b0', 64, true),
  ...library('efficientnet-v2', 'b0', 64, true),
  ...library('efficientnet-lite', 'lite0', 64, true),
  ...library('mobilenet-v3', 'small', 64, false),
  ...library('mnasnet', 'a1', 64, true),
  ...library('resnet', 'resnet18', 64, true),
  sample('shufflenetv2', { variant: 'x0_5' }, true),
  sample('googlenet', {}, true),
];
