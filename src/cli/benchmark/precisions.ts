import { existsSync, readFileSync } from 'node:fs';
import type { Graph } from '../../5-graph/graph.ts';
import { emit, type PassOptions, prepareNetwork } from '../../6-emit/emit.ts';
import { loadOnnxRuntime, type OnnxRuntime } from '../../backends/onnx-runtime.ts';
import { findLitePython, liteAdvice } from '../../backends/tflite/find-python.ts';
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
import { onnxEngine } from '../../quantise/engine.ts';
import { noise } from '../../quantise/pictures.ts';
import { quantisePlainly } from '../../quantise/quantise-plainly.ts';
import { ruleOf } from '../../report/point-text.ts';
import { imageOf } from '../../train/open/classified-network.ts';
import { flag, text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { printAnswer, printDiagnostics } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';
import { createStatusLine } from '../status-line.ts';
import { outputOfForm, targetOf } from './form-output.ts';
import { measureGroups } from './measure-groups.ts';
import { measureRequest } from './measure-request.ts';
import type { ModelFile } from './open-model.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

/** The engines whose files can be in any precision, and what they take. */
const engines = { onnxruntime: 'onnx', tflite: 'tflite' } as const satisfies Record<string, ModelForm>;
type Engine = keyof typeof engines;

/** Ranges need some numbers; which, makes no difference to latencies. */
const samples = 2;

/** `enetc bench --precisions SPEC`: float32, half and int8 in each engine that there is, in turns. */
export async function precisionsAnswer(args: Arguments, io: Io): Promise<number> {
  const excluded = ['compare', 'profile', 'device', 'table'].find((name) => flag(args, name));
  if (excluded !== undefined) throw usageError(`--${excluded} and --precisions exclude each other`, 'bench');
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
  const { network } = opened;
  const ort = loadOnnxRuntime(io.cwd);
  if (typeof ort === 'string') throw failure(`--precisions needs ONNX Runtime, for the ranges of int8: ${ort}`);
  const names = (asked === undefined ? Object.keys(engines) : [asked]) as readonly Engine[];
  const hasLite = findLitePython(io) !== undefined;
  const here = names.filter((name) => name !== 'tflite' || hasLite);
  const missing = names.length === here.length ? [] : [{ engine: 'tflite', why: `no Python has it: ${liteAdvice}` }];
  const request = measureRequest(args, 5);
  const screen = createStatusLine(args, io);
  const rows: PrecisionRow[] = [];
  try {
    for (const engine of here) {
      await withTemporaryFolder(async (folder) => {
        const files: ModelFile[] = [];
        for (const precision of precisions) {
          screen.progress(`writing ${precision} for ${engine}`);
          const made = await writePrecision(network, engines[engine], precision, ort, folder, request.seed, args, io);
          if (made) files.push(made);
        }
        if (files.length < precisions.length) return;
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
          });
        }
      });
    }
  } finally {
    screen.clear();
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

async function writePrecision(
  network: Network,
  form: ModelForm,
  precision: Precision,
  ort: OnnxRuntime,
  folder: string,
  seed: number,
  args: Arguments,
  io: Io,
): Promise<ModelFile | undefined> {
  const entry = targetOf(form);
  const passes: PassOptions = { half: precision === 'half' };
  const prepared = prepareNetwork(network, entry, { ...passes, seed });
  const { weights } = prepared;
  if (!weights || !entry.integers) return undefined;
  let graph: Graph = prepared.graph;
  if (precision === 'int8') {
    const pictures = noise(samples, imageOf(graph), folder);
    try {
      graph = await quantisePlainly(graph, weights, entry.integers, onnxEngine(ort, folder, 17), pictures);
    } finally {
      pictures.close();
    }
  }
  const { files, main } = outputOfForm(form, folder, precision, precision, io.cwd);
  try {
    const options = { ...passes, seed, prepared: { ...prepared, graph } };
    const { diagnostics } = emit(network, await entry.load(), {}, files.open, options);
    printDiagnostics(diagnostics, args, io);
    if (hasErrors(diagnostics)) return undefined;
    files.commit();
    return { name: precision, shown: precision, path: main };
  } finally {
    files.discard();
  }
}
