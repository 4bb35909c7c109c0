import { existsSync, readFileSync } from 'node:fs';
import type { Graph } from '../../5-graph/graph.ts';
import { withoutAuxiliary } from '../../5-graph/passes/remove-unreached.ts';
import { emit, type PassOptions, prepareNetwork } from '../../6-emit/emit.ts';
import { loadOnnxRuntime, type OnnxRuntime } from '../../backends/onnx-runtime.ts';
import { findLitePython, liteAdvice } from '../../backends/tflite/find-python.ts';
import { type LiteInterpreter, startInterpreter } from '../../backends/tflite/interpreter.ts';
import { compareBlocks } from '../../bench/comparison.ts';
import type { ModelForm } from '../../bench/engines.ts';
import {
  type Precision,
  type PrecisionRow,
  type PrecisionsReport,
  precisions,
  precisionsText,
} from '../../bench/precisions-text.ts';
import { byteProducts } from '../../bench/processor.ts';
import { summarizeSeries } from '../../bench/statistics.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { statOf } from '../../node/file-stat.ts';
import { findPictures } from '../../predict/find-pictures.ts';
import { type Engine, onnxEngine } from '../../quantise/engine.ts';
import { type Answers, answersOf, compareAnswers } from '../../quantise/judge.ts';
import { liteEngine } from '../../quantise/lite-engine.ts';
import { noise, type Pictures, preparePictures } from '../../quantise/pictures.ts';
import { quantisePlainly } from '../../quantise/quantise-plainly.ts';
import { ruleOf } from '../../report/point-text.ts';
import { imageOf } from '../../train/open/classified-network.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';
import { flag, list, text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { openWeights } from '../open-weights.ts';
import { printAnswer, printDiagnostics } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';
import { createStatusLine } from '../status-line.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';
import { outputOfForm, targetOf } from './form-output.ts';
import { measureGroups } from './measure-groups.ts';
import { measureRequest } from './measure-request.ts';
import type { ModelFile } from './open-model.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

/** The engines whose files can be in any precision, and what they take. */
const engines = { onnxruntime: 'onnx', tflite: 'tflite' } as const satisfies Record<string, ModelForm>;
type MeasuredEngine = keyof typeof engines;

/** Ranges need some numbers; which, makes no difference to latencies. */
const samples = 2;

/** Of the pictures of `--judge`, ranges are of one in this many, and the others judge. */
const ranged = 2;

/** A file in a precision, and what it gives for pictures. */
interface Written {
  readonly file: ModelFile;
  readonly answers?: Answers;
}

/** `enetc bench --precisions SPEC`: float32, half and int8 in each engine that there is, in turns. */
export async function precisionsAnswer(args: Arguments, io: Io): Promise<number> {
  const excluded = ['compare', 'profile', 'device', 'table'].find((name) => flag(args, name));
  if (excluded !== undefined) throw usageError(`--${excluded} and --precisions cannot be combined`, 'bench');
  const asked = text(args, 'engine');
  if (asked !== undefined && !Object.hasOwn(engines, asked)) {
    throw usageError(`--precisions measures in the engines ${Object.keys(engines).join(' and ')}`, 'bench');
  }
  const [operand] = args.operands;
  if (operand !== undefined && /\.(?:onnx|tflite|json)$/i.test(operand)) {
    throw usageError(`--precisions is for a spec: '${operand}' has one precision`, 'bench');
  }
  const opened = buildNetwork(await openSpec(operand, io, 'bench'), args, io);
  if (!opened) return exitCodes.diagnostics;
  requireWeights(args);
  if (flag(args, 'judge') && !flag(args, 'weights')) {
    throw usageError('--judge needs --weights: answers of initialised weights are meaningless', 'bench');
  }
  const ort = loadOnnxRuntime(io.cwd);
  if (typeof ort === 'string') throw failure(`--precisions needs ONNX Runtime, for the ranges of int8: ${ort}`);
  const names = (asked === undefined ? Object.keys(engines) : [asked]) as readonly MeasuredEngine[];
  const python = findLitePython(io);
  const here = names.filter((name) => name !== 'tflite' || python !== undefined);
  const missing = names.length === here.length ? [] : [{ engine: 'tflite', why: `no Python has it: ${liteAdvice}` }];
  const request = measureRequest(args, 5);
  const screen = createStatusLine(args, io);
  const rows: PrecisionRow[] = [];
  const weights = await openWeights(opened, args, io);
  const { network } = weights;
  let lite: LiteInterpreter | undefined;
  try {
    printDiagnostics(weights.diagnostics, args, io);
    if (hasErrors(weights.diagnostics)) return exitCodes.diagnostics;
    const asWeighted = { ...weightsRequest(args, opened, weights.checkpoint), seed: request.seed };
    if (flag(args, 'judge') && python !== undefined && here.includes('tflite')) lite = await startInterpreter(python);
    for (const engine of here) {
      await withTemporaryFolder(async (folder) => {
        const pictures = await openPictures(network.graph, folder, screen, args, io);
        const judge = engine === 'tflite' && lite ? liteEngine(lite, folder) : onnxEngine(ort, folder, 17, 'integer');
        const written: Written[] = [];
        try {
          for (const precision of precisions) {
            screen.progress(`writing ${precision} for ${engine}`);
            const place = { ort, folder, judge, pictures };
            const made = await writePrecision(network, engines[engine], precision, place, asWeighted, args, io);
            if (made) written.push(made);
          }
        } finally {
          pictures.ranges.close();
          pictures.judging?.close();
        }
        if (written.length < precisions.length) return;
        const files = written.map(({ file }) => file);
        const floats = written[0]?.answers;
        const [measured] = await measureGroups([files], engine, request, folder, screen, args, io);
        if (!measured) return;
        const [first] = measured.blocks;
        for (const [i, precision] of precisions.entries()) {
          const blocks = measured.blocks[i] ?? [];
          const { median, spread } = summarizeSeries(blocks.flat());
          rows.push({
            engine: measured.engine,
            precision,
            bytes: statOf((files[i] as ModelFile).path)?.size ?? 0,
            median,
            spread,
            ...(i > 0 && first && { comparison: compareBlocks(first, blocks, measured.settled) }),
            ...closenessOf(network.graph, floats, written[i]?.answers, pictures.judging?.count ?? 0),
          });
        }
      });
    }
  } finally {
    screen.clear();
    lite?.close();
    weights.close();
  }
  if (rows.length === 0) return exitCodes.diagnostics;
  const cpuinfo = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : undefined;
  const processor = byteProducts(process.arch, cpuinfo);
  const { threads, batch } = request;
  const model = `${operand ?? network.point.model} (${ruleOf(network.point)})`;
  const report: PrecisionsReport = { model, threads, batch, rows, missing, ...(processor && { processor }) };
  printAnswer(args, io, report, (paint) => precisionsText(report, paint));
  return exitCodes.ok;
}

/** How near answers are to those in float32; nothing where nobody asked. */
function closenessOf(
  graph: Graph,
  floats: Answers | undefined,
  found: Answers | undefined,
  count: number,
): Pick<PrecisionRow, 'answers'> {
  if (!floats || !found || floats === found) return {};
  return { answers: compareAnswers(withoutAuxiliary(graph), floats, found, count) };
}

interface JudgedPictures {
  /** For the ranges of int8. */
  readonly ranges: Pictures;
  /** Absent where no answers are compared. */
  readonly judging?: Pictures;
}

async function openPictures(
  graph: Graph,
  folder: string,
  screen: ReturnType<typeof createStatusLine>,
  args: Arguments,
  io: Io,
): Promise<JudgedPictures> {
  const image = imageOf(graph);
  if (!flag(args, 'judge')) return { ranges: noise(samples, image, folder) };
  const files = findPictures(list(args, 'judge'), io.cwd);
  if (files.length < 2 * ranged) throw usageError(`--judge needs at least ${2 * ranged} pictures`, 'bench');
  const prepared = (isFor: (i: number) => boolean) =>
    preparePictures(
      files.filter((_, i) => isFor(i)),
      {
        cwd: io.cwd,
        folder,
        image,
        skipped: ({ name, reason }) => screen.warn(`'${name}' cannot be read and is skipped: ${reason}`),
        progress: (done, total) => screen.progress(`reading: ${done} of ${total} pictures`),
      },
    );
  return { ranges: await prepared((i) => i % ranged === 0), judging: await prepared((i) => i % ranged !== 0) };
}

/** Where networks are written and judged. */
interface Place {
  readonly ort: OnnxRuntime;
  readonly folder: string;
  readonly judge: Engine;
  readonly pictures: JudgedPictures;
}

async function writePrecision(
  network: Network,
  form: ModelForm,
  precision: Precision,
  { ort, folder, judge, pictures }: Place,
  asWeighted: WeightsRequest,
  args: Arguments,
  io: Io,
): Promise<Written | undefined> {
  const entry = targetOf(form);
  const passes: PassOptions = { half: precision === 'half' };
  const prepared = prepareNetwork(network, entry, { ...passes, ...asWeighted });
  const { weights } = prepared;
  if (!weights || !entry.integers) {
    printDiagnostics(prepared.diagnostics, args, io);
    return undefined;
  }
  let graph: Graph = prepared.graph;
  if (precision === 'int8') {
    graph = await quantisePlainly(graph, weights, entry.integers, onnxEngine(ort, folder, 17), pictures.ranges);
  }
  const answers = pictures.judging && (await answersOf(graph, weights, judge, pictures.judging));
  const { files, main } = outputOfForm(form, folder, precision, precision, io.cwd);
  try {
    const options = { ...passes, ...asWeighted, prepared: { ...prepared, graph } };
    const { diagnostics } = emit(network, await entry.load(), {}, files.open, options);
    printDiagnostics(diagnostics, args, io);
    if (hasErrors(diagnostics)) return undefined;
    files.commit();
    return { file: { name: precision, shown: precision, path: main }, ...(answers && { answers }) };
  } finally {
    files.discard();
  }
}
