import { classScores } from '../../../5-graph/class-scores.ts';
import { smallSide } from '../../../5-graph/crop-share.ts';
import {
  elements,
  type Graph,
  type GraphNode,
  type GraphOutput,
  graphTensors,
  shapeOf,
} from '../../../5-graph/graph.ts';
import { headTensors } from '../../../5-graph/head-tensors.ts';
import { resolvePreprocessing } from '../../../5-graph/preprocessing.ts';
import { buildTrainingProgram } from '../../../5-graph/training/build-training-program.ts';
import { createDiagnostic, type Diagnostic, hasErrors } from '../../../diagnostics/diagnostic.ts';
import { networkFacts } from '../../../weights/preprocessing-facts.ts';
import { docstring, numberText, stringText } from '../python-text.ts';
import { augmentCode } from './augment.ts';
import { configCode } from './config.ts';
import { dataCode } from './data.ts';
import { evaluationCode } from './evaluation.ts';
import { filesCode } from './files.ts';
import { importsCode } from './imports.ts';
import { lockCode } from './lock.ts';
import { loopCode } from './loop.ts';
import { metricsCode } from './metrics.ts';
import { parallelCode } from './parallel.ts';
import { partsCode } from './parts.ts';
import { picturesCode } from './pictures.ts';
import { pipelineCode } from './pipeline.ts';
import { runCode } from './run.ts';
import { screenCode } from './screen.ts';
import { settingsCode } from './settings.ts';
import { spreadCode, spreadTable } from './spread.ts';
import { stepCode } from './step.ts';

/** What `train.py` cannot train: what `enetc train` cannot either, and outputs other than the scores. */
export function checkTrainScript(graph: Graph): readonly Diagnostic[] {
  const { diagnostics } = buildTrainingProgram(graph, { ema: false });
  if (hasErrors(diagnostics)) return diagnostics;
  const channels = imageShape(graph)[0];
  if (graph.outputs.length === 1 && (channels === 1 || channels === 3)) return diagnostics;
  return [...diagnostics, createDiagnostic('torch-train-form', undefined, { model: graph.name })];
}

/** The text of `train.py`. @param graph one that passes `checkTrainScript` @param isStaged whether `stages.py` is written too */
export function writeTrain(graph: Graph, isStaged = false): string {
  const title = docstring(0, `Trains ${graph.name}, written by enetc from its spec: python train.py --help.`);
  const inputs = [
    settingsCode(isStaged),
    partsCode,
    dataCode,
    augmentCode,
    picturesCode,
    stepCode,
    parallelCode,
    spreadCode,
    ...(isStaged ? [pipelineCode] : []),
    spreadTable(isStaged),
    evaluationCode,
  ];
  const parts = [...inputs, filesCode, lockCode, metricsCode, configCode, screenCode, runCode, loopCode];
  const head = [...title, '', importsCode(isStaged), '', ...constants(graph)].join('\n');
  return `${[head, ...parts].join('\n\n\n')}\n`;
}

function imageShape(graph: Graph): readonly number[] {
  return graph.nodes[graph.inputs[0] ?? -1]?.shapes[0] ?? [];
}

/** What the script knows about its network. */
function constants(graph: Graph): string[] {
  const [channels, height, width] = imageShape(graph) as [1 | 3, number, number];
  const { op } = graph.nodes[graph.inputs[0] as number] as GraphNode;
  const stated = op.kind === 'input' ? graph.preprocessing[op.name] : undefined;
  const { mean, std, channelOrder = 'rgb', interpolation, crop } = resolvePreprocessing(channels, stated);
  const [scores] = classScores(graph) as [GraphOutput];
  const list = (values: readonly number[]) => `[${values.map(numberText).join(', ')}]`;
  const facts = networkFacts(graph, undefined);
  return [
    `NAME = ${stringText(graph.name)}`,
    `RUN_NAME = ${stringText(graph.name.toLowerCase())}`,
    `CLASSES = ${elements(shapeOf(graph, scores.value))}`,
    `CHANNELS, HEIGHT, WIDTH = ${channels}, ${height}, ${width}`,
    `MEAN = ${list(mean)}`,
    `STD = ${list(std)}`,
    `CHANNEL_ORDER = ${stringText(channelOrder)}`,
    `INTERPOLATION = Image.Resampling.${interpolation.toUpperCase()}`,
    "# the share of a picture's shorter side that evaluation keeps; None: by its size",
    `CROP: float | None = ${crop === undefined ? 'None' : numberText(crop)}`,
    '# pictures of at most this many pixels per side are small',
    `SMALL = ${smallSide}`,
    '# what --head-rate is for where no parts are named',
    ...headLines(graph),
    '# the weights of the losses of auxiliary outputs',
    `AUXILIARY: list[float] = ${list(graph.auxiliary.map(({ weight }) => weight))}`,
    '# what the weights state about pictures',
    'FACTS: dict[str, str] = {',
    ...facts.map(([key, value]) => `    ${stringText(key)}: ${quoted(value)},`),
    '}',
  ];
}

/** The head as a list of parts: its section's name where that distinguishes its tensors from all others. */
function headLines(graph: Graph): string[] {
  const head = headTensors(graph);
  if (!head) return ['HEAD: str | None = None'];
  const names = [...graphTensors(graph)].map(({ tensor }) => tensor.name);
  const [first = ''] = head;
  const [section = ''] = first.split('.');
  const begins = names.filter((name) => name.startsWith(`${section}.`));
  const isSection = begins.length === head.size && begins.every((name) => head.has(name));
  if (isSection) return [`HEAD: str | None = ${stringText(section)}`];
  return [
    'HEAD: str | None = ",".join(',
    '    [',
    ...[...head].map((name) => `        ${stringText(name)},`),
    '    ]',
    ')',
  ];
}

/** With the quotes that ruff chooses. */
function quoted(text: string): string {
  return text.includes('"') && !text.includes("'") ? `'${text.replaceAll('\\', '\\\\')}'` : stringText(text);
}
