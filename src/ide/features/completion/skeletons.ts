import type { Keyword } from '../../../../grammar/tokens.ts';

/** What a declaration or a member looks like, with the places to fill in as tab stops. */
export interface Skeleton {
  readonly label: string;
  readonly detail: string;
  readonly insertText: string;
}

/** Tab stops are written `<1>`, `<1:text>` and `<1|one,two|>` here, in a snippet with a dollar and braces. */
export function tabStops(text: string): string {
  return text.replace(/<(\d)([:|][^<>]*)?>/g, '$${$1$2}');
}

const skeleton = (label: string, detail: string, lines: readonly string[]): Skeleton => ({
  label,
  detail,
  insertText: tabStops(lines.join('\n')),
});

export const skeletons: Partial<Record<Keyword, Skeleton>> = {
  import: skeleton('import { } from', 'an import', ['import { <2> } from "<1:std/blocks>"<0>']),
  block: skeleton('block { }', 'a block', [
    'block <1:Name>(x, <2:channels: int>) {',
    '  return x -> <0:conv: Conv(channels, kernel: 3)>',
    '}',
  ]),
  model: skeleton('model { }', 'a model with stages', [
    '/// <2:What it is.>',
    'model <1:Name> {',
    '  param classes: int = <3:1000>',
    '  param resolution: int = r(<4:224>)',
    '',
    '  convention <5|tf,torch|>',
    '',
    '  input image: [3, resolution, resolution]',
    '',
    '  stem: <6:Conv(w(32), kernel: 3, stride: 2)>',
    '  <0>',
    '  head: GlobalAvgPool',
    '  classifier: Linear(classes)',
    '  return logits: classifier',
    '}',
  ]),
  weights: skeleton('weights { }', 'a weight map', [
    'weights <1:Model> {',
    '  | path | <2:timm> |',
    '  | <3:stem> | <4:conv_stem> |<0>',
    '}',
  ]),
  param: skeleton('param name: int = ', 'a parameter', [
    'param <1:name>: <2|int,real,bool,activation,block,table|> = <0>',
  ]),
  input: skeleton('input image: [ ]', 'an input', ['input <1:image>: [<2:3>, <3:resolution>, <4:resolution>]<0>']),
  auxiliary: skeleton('auxiliary 0.3: ', 'outputs that only training has', ['auxiliary <1:0.3>: <2:aux><0>']),
  maximize: skeleton('maximize accuracy * ', 'an objective', [
    'maximize accuracy * (latency_ms / <1:75>) ^ <2:-0.07><0>',
  ]),
  scaling: skeleton('scaling phi { }', 'compound scaling', [
    'scaling phi {',
    '  d = <1:1.2> ^ phi',
    '  w = <2:1.1> ^ phi',
    '  r = <3:1.15> ^ phi<0>',
    '}',
  ]),
  variants: skeleton('variants { }', 'a table of variants', [
    'variants {',
    '  | name | phi | w   | d   |',
    '  | <1:b0>   | 0   | 1.0 | 1.0 |<0>',
    '}',
  ]),
  table: skeleton('table { }', 'a table with a name', [
    'table <1:rows> {',
    '  | repeat | channels | stride |',
    '  | <2:d(1)>   | <3:w(16)>    | <4:1>      |<0>',
    '}',
  ]),
};

/** Sections that most models have. */
export const sections: readonly (Skeleton & { readonly name: string })[] = [
  { name: 'stem', ...skeleton('stem: ', 'the first section', ['stem: <0>']) },
  {
    name: 'stages',
    ...skeleton('stages: { }', 'a stage table', [
      'stages: <1:MBConv> {',
      '  | repeat | channels | kernel | stride |',
      '  | <2:d(1)>   | <3:w(16)>    | <4:3>      | <5:1>      |<0>',
      '}',
    ]),
  },
  { name: 'head', ...skeleton('head: GlobalAvgPool', 'the mean over height and width', ['head: <1>GlobalAvgPool<0>']) },
  {
    name: 'classifier',
    ...skeleton('classifier: Linear( )', 'the last section', ['classifier: Linear(<1:classes>)<0>']),
  },
];
