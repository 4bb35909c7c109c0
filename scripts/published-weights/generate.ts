// Finds out which of timm's published checkpoints the library's models take, and writes what is known of these:
//   npx tsx scripts/published-weights/generate.ts timm-checkpoints.json      with what timm_checkpoints.py has written
import { readFileSync, writeFileSync } from 'node:fs';
import { chooseModel } from '../../src/2-resolve/choose-model.ts';
import type { Program } from '../../src/2-resolve/program.ts';
import { resolveProgram } from '../../src/2-resolve/resolve.ts';
import { variantNames } from '../../src/3-check/variants.ts';
import { buildGraph } from '../../src/5-graph/build.ts';
import { elements, type Graph } from '../../src/5-graph/graph.ts';
import { libraryName } from '../../src/cli/library-names.ts';
import { emptyHost } from '../../src/host.ts';
import { libraryModels } from '../../src/library.ts';
import type { PublishedCheckpoint } from '../../src/published-weights.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { nameTensors } from '../../src/weights/choose-weights.ts';
import { matchCheckpoint } from '../../src/weights/match-checkpoint.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';

interface Listed {
  readonly timm: string;
  readonly checkpoints: readonly {
    readonly name: string;
    readonly architecture: string;
    readonly classes: number;
    readonly licence: string | null;
    readonly size: readonly [height: number, width: number];
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly crop: number;
    readonly interpolation: string;
    readonly network: string;
  }[];
  readonly networks: Readonly<
    Record<string, { convention: 'tf' | 'torch'; bytes: number; tensors: Record<string, readonly number[]> }>
  >;
}
interface Accuracies {
  readonly source: string;
  readonly top1: Readonly<Record<string, number>>;
}

const listed: Listed = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));
const accuracies: Accuracies = JSON.parse(readFileSync(new URL('accuracies.json', import.meta.url), 'utf8'));

const taken = new Map<string, { readonly model: string; readonly variant?: string }>();
for (const model of libraryModels) {
  const { program } = resolveProgram({ name: model.module, text: stdlib[model.module] ?? '' }, emptyHost);
  const declared = chooseModel(program, model).model;
  if (!declared) continue;
  const variants = variantNames(declared);
  for (const variant of [undefined, ...variants]) {
    const place = variant === undefined ? model.name : `${model.name} --variant ${variant}`;
    const graphs = new Map<string, Graph | undefined>();
    for (const [key, { tensors }] of Object.entries(listed.networks)) {
      const [architecture = '', classes = ''] = key.split('/');
      const known = libraryName(architecture);
      // what only the model is known of is its default or one of its variants
      const isMeant = known === place || (place !== model.name && (known === model.name || known === undefined));
      if (taken.has(key) || !isMeant) continue;
      const request = { ...(variant !== undefined && { variant }), set: { classes } };
      if (!graphs.has(classes)) graphs.set(classes, buildGraph(declared, request).graph);
      const graph = graphs.get(classes);
      if (graph && sizeOf(graph) === total(Object.values(tensors)) && fits(graph, program, tensors)) {
        taken.set(key, { model: model.name, ...(variant !== undefined && { variant }) });
        if (known !== place) console.error(`${key} fits ${place}: is it the same network?`);
      } else if (known === place) console.error(`${key} does not fit ${place}`);
    }
  }
}

function sizeOf(graph: Graph): number {
  return total([...requiredTensors(graph)].map(({ tensor }) => tensor.shape));
}

function total(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + elements(shape), 0);
}

function fits(graph: Graph, program: Program, shapes: Record<string, readonly number[]>): boolean {
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, { name, shape, dtype: 'F32' }]));
  const checkpoint: Checkpoint = { name: '', tensors, metadata: new Map(), read: () => new Float32Array(0) };
  const named = nameTensors(program, graph, checkpoint);
  if (!named.view) return false;
  const own = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const { missing, misshapen, surplus } = matchCheckpoint(own, named.view.tensors, named.namings);
  return missing.length + misshapen.length + surplus.length === 0;
}

const checkpoints = listed.checkpoints.flatMap((one): PublishedCheckpoint[] => {
  const place = taken.get(one.network);
  const network = listed.networks[one.network];
  if (!place || !network) return [];
  const top1 = accuracies.top1[one.name.replace('timm/', '')];
  return [
    {
      name: one.name,
      ...place,
      classes: one.classes,
      bytes: network.bytes,
      ...(one.licence && { licence: one.licence }),
      ...(top1 !== undefined && { top1 }),
      size: one.size[0],
      mean: one.mean,
      std: one.std,
      crop: one.crop,
      interpolation: one.interpolation,
      convention: network.convention,
    },
  ];
});
checkpoints.sort((a, b) => (b.top1 ?? 0) - (a.top1 ?? 0) || (a.name < b.name ? -1 : 1));
const rows = checkpoints.map((one) => `  ${JSON.stringify(one)},`).join('\n');
const head = `// Generated by scripts/published-weights/. Do not edit.\nimport type { PublishedCheckpoint } from './published-weights.ts';\n\n`;
const sources = `/** Where the facts are from: configurations, and the share of ImageNet's validation images that is classified correctly. */\nexport const sources = ${JSON.stringify({ configurations: `timm ${listed.timm}`, accuracies: accuracies.source })};\n\n`;
writeFileSync(
  new URL('../../src/published-weights.generated.ts', import.meta.url),
  `${head}${sources}/** Those with the highest accuracy first. */\nexport const checkpoints: readonly PublishedCheckpoint[] = [\n${rows}\n];\n`,
);
console.error(`${checkpoints.length} checkpoints of ${listed.checkpoints.length}`);
