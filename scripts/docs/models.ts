import { readFileSync } from 'node:fs';
import { buildGraph } from '../../src/5-graph/build.ts';
import { totalCost } from '../../src/5-graph/cost.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { declaredModel } from '../../src/cli/library-names.ts';
import { type LibraryModel, libraryModels } from '../../src/library.ts';
import { checkpoints, sources } from '../../src/published-weights.generated.ts';
import { createDiagram } from '../../src/report/drawing/diagram.ts';
import { drawSvg } from '../../src/report/drawing/svg.ts';
import { formatCount, formatExact, formatShape } from '../../src/report/format-number.ts';
import { stdlib } from '../../src/stdlib.generated.ts';

/** In percent: one number, by what is measured. */
interface Accuracy {
  readonly top1?: number;
  readonly boxMap?: number;
  readonly meanIou?: number;
  /** The weights that it was measured with, or the text that states it. */
  readonly weights: string;
}

/** What `count_python.py` found: the Python that states the same networks, and the accuracies that torchvision states. */
export interface PythonSources {
  readonly versions: Readonly<Record<'torchvision' | 'timm', string>>;
  readonly models: Readonly<
    Record<
      string,
      {
        readonly package: 'torchvision' | 'timm';
        readonly file: string;
        readonly lines: number;
        /** By variant: of the best published weights. */
        readonly accuracy: Readonly<Record<string, Accuracy>>;
      }
    >
  >;
}

export const pythonSources: PythonSources = JSON.parse(
  readFileSync(new URL('python-sources.json', import.meta.url), 'utf8'),
);

/** Accuracies for which no weights are known: by model, with the text that states them. */
const statedAccuracies: Readonly<
  Record<string, { readonly source: string; readonly variants: Readonly<Record<string, Omit<Accuracy, 'weights'>>> }>
> = JSON.parse(readFileSync(new URL('stated-accuracies.json', import.meta.url), 'utf8'));

/** torchvision's best weights, else the best of timm's with ImageNet's classes, else what a text states. */
function accuracyOf(model: string, variant: string | undefined): Accuracy | undefined {
  const torchvision = pythonSources.models[model]?.accuracy[variant ?? ''];
  if (torchvision) return { ...torchvision, weights: `\`${torchvision.weights}\`` };
  const timm = checkpoints
    .filter((one) => one.model === model && one.variant === variant && one.classes === 1000 && one.top1 !== undefined)
    .sort((a, b) => b.top1! - a.top1!)[0];
  if (timm) return { top1: timm.top1!, weights: `\`${timm.name}\`, ${timm.size} × ${timm.size}` };
  const stated = statedAccuracies[model]?.variants[variant ?? ''];
  return stated && { ...stated, weights: statedAccuracies[model]!.source };
}

/** The lines of a library module that state its network: no blank lines, comments, imports, and no names of other people's weights. */
export function specLines(module: string): number {
  const text = (stdlib[module] ?? '').replace(/^weights [\s\S]*?^\}/gm, '');
  return text.split('\n').filter((line) => !/^\s*(\/\/|import |$)/.test(line)).length;
}

/** The page that lists the library's models, and a drawing of each by the name of its file. */
export function renderModelsDoc(): { readonly page: string; readonly drawings: ReadonlyMap<string, string> } {
  const drawings = new Map<string, string>();
  const entries = libraryModels.map((model) => entryOf(model, drawings));
  return { page: `${head()}\n${entries.join('\n')}`, drawings };
}

function head(): string {
  const { torchvision, timm } = pythonSources.versions;
  const rows = libraryModels.map(({ name, module }) => {
    const python = pythonSources.models[name];
    const lines = python ? `${formatExact(python.lines)} | \`${python.file}\`` : 'not counted | ';
    return `| [${name}](#${name}) | ${specLines(module)} | ${lines} |\n`;
  });
  return `<!-- Generated from the library by \`npm run generate\`. Do not edit. -->

# The library's models

Each model is a module of the [library](../stdlib), written in the language: \`enetc summary efficientnet --variant b0\` prints a table
of one, \`enetc compile\` writes it. Parameters and multiply-accumulates are for inference on one image of the given size. Accuracies
(ImageNet, top-1; for detectors on COCO, for segmentation networks on COCO's images with the classes of Pascal VOC) are those that
torchvision ${torchvision} states for its best weights. Where it has none, they are those of timm's best weights, with the image size that they
were measured at (${sources.accuracies}).
Both load through the model's [weight map](language.md#weight-maps). Other rows name the source of the accuracy; if it is unknown,
none was found.

Tests compare the outputs of each family with torchvision, timm, Keras or effdet, with the same random weights; VGG is compared as
the trunk of SSD300. None of these packages has AmoebaNet, or SSDLite on MobileNetV2 and MnasNet. For AmoebaNet-A and -D, parameters
and multiply-accumulates are tested against the paper and GPipe's code; the specs of those SSDLites state the papers' rounded
counts next to ours. timm's NASNet counts padding in strided average pools, which the authors' and ours do not; the comparison leaves
that out.

## Lines of spec, lines of Python

Lines with code are counted, without imports, documentation and lists of published weights: in the module here (\`std/blocks\`, ${specLines('std/blocks')}
lines, is shared), and in the file of torchvision ${torchvision} or timm ${timm} that defines the same networks (their shared blocks are not
counted either). timm's files, and torchvision's for EfficientNet, define other families too.

| model | spec | Python | in |
| --- | ---: | ---: | --- |
${rows.join('')}`;
}

function entryOf(model: LibraryModel, drawings: Map<string, string>): string {
  const { name, module } = model;
  const { declared, variants } = declaredModel(model);
  if (!declared) throw new Error(`the library has no model '${name}'`);
  const points = (variants.length > 0 ? variants : [undefined]).map((variant) => {
    const { graph } = buildGraph(declared, variant === undefined ? {} : { variant });
    if (!graph) throw new Error(`'${name}' does not build`);
    return { variant, graph };
  });
  const [first] = points as [(typeof points)[number]];
  drawings.set(`${name}.svg`, drawSvg(createDiagram(first.graph)));
  const rows = points.map(({ variant, graph }) => pointRow(variant, graph, accuracyOf(name, variant)));
  const title = first.variant === undefined ? name : `${name} ${first.variant}`;
  return `## ${name}

${declared.node.doc}

\`import { ${model.model} } from "${module}"\`

| variant | input | parameters | MACs | accuracy | weights, or source |
| --- | --- | ---: | ---: | ---: | --- |
${rows.join('')}
![${title}](images/models/${name}.svg)
`;
}

function pointRow(variant: string | undefined, graph: Graph, accuracy: Accuracy | undefined): string {
  const { params, macs } = totalCost(graph);
  const input = formatShape(graph.nodes[graph.inputs[0] ?? -1]?.shapes[0] ?? []);
  const published = accuracy ? `${accuracyText(accuracy)} | ${accuracy.weights}` : 'unknown | ';
  return `| ${variant ?? 'default'} | ${input} | ${formatExact(params)} | ${formatCount(macs)} | ${published} |\n`;
}

function accuracyText({ top1, boxMap, meanIou }: Accuracy): string {
  if (top1 !== undefined) return `${top1.toFixed(1)} %`;
  return boxMap !== undefined ? `${boxMap.toFixed(1)} % box mAP` : `${meanIou?.toFixed(1)} % mIoU`;
}
