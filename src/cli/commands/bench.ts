import { loadOnnxRuntime, type OnnxRuntime } from '../../backends/onnx-runtime.ts';
import { type OnnxSession, openOnnxSession } from '../../backends/onnx-session.ts';
import { type BenchReport, benchText } from '../../bench/bench-text.ts';
import { compareBlocks } from '../../bench/comparison.ts';
import { measure } from '../../bench/measure.ts';
import { doubtsOf, summarizeSeries } from '../../bench/statistics.ts';
import { flag, number, text } from '../arguments.ts';
import { isOnnxFile, type ModelFile, openModel } from '../benchmark/open-model.ts';
import { withTemporaryFolder } from '../benchmark/temporary-folder.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { classes, outputs, scalingOptions } from '../options.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { parseSpecPoint, type SpecPoint } from '../spec-point.ts';
import { createStatusLine } from '../status-line.ts';

const defaults = { threads: 1, batch: 1, seconds: 5, seed: 0 };

/** `enetc bench [spec | file.onnx]` */
export const benchCommand: RunCommand = async (args, io) => {
  const sides = sidesOf(args);
  const ort = loadOnnxRuntime(io.cwd);
  if (typeof ort === 'string') throw failure(`bench needs ONNX Runtime: ${ort}`);
  const report = await withTemporaryFolder(async (folder) => {
    const files: ModelFile[] = [];
    for (const [i, side] of sides.entries()) {
      const file = await openModel(side, folder, String(i), number(args, 'seed') ?? defaults.seed, args, io);
      if (!file) return undefined;
      files.push(file);
    }
    return measureFiles(ort, files, args, io);
  });
  if (!report) return exitCodes.diagnostics;
  printAnswer(args, io, report, (paint) => benchText(report, paint));
  return exitCodes.ok;
};

/** The model, and the one that it is compared with. @throws a usage error for options that nothing takes */
function sidesOf(args: Arguments): readonly SpecPoint[] {
  const [operand] = args.operands;
  const first: SpecPoint = operand === undefined ? { spec: undefined } : parseSpecPoint(operand);
  const compared = text(args, 'compare');
  const sides = [first];
  if (compared !== undefined) {
    const other = parseSpecPoint(compared);
    sides.push({ ...other, spec: other.spec ?? first.spec });
  }
  const ofSpec = [...scalingOptions, classes, outputs].find(({ name }) => flag(args, name));
  if (ofSpec && sides.every(isOnnxFile)) {
    throw usageError(`--${ofSpec.name} is for a spec: an ONNX file is run as it is`, 'bench');
  }
  const point = ['variant', 'phi'].find((name) => flag(args, name));
  if (point !== undefined && sides.every((side) => side.point || isOnnxFile(side))) {
    throw usageError(`--${point} and a point after @ exclude each other`, 'bench');
  }
  if (sides.length === 2 && sides.every(({ spec }) => spec === '-')) {
    throw usageError('standard input can be only one side', 'bench');
  }
  for (const side of sides) {
    if (side.point && isOnnxFile(side)) throw usageError(`'${side.spec}' is an ONNX file and has no points`, 'bench');
  }
  return sides;
}

async function measureFiles(
  ort: OnnxRuntime,
  files: readonly ModelFile[],
  args: Arguments,
  io: Io,
): Promise<BenchReport> {
  const threads = number(args, 'threads') ?? defaults.threads;
  const batch = number(args, 'batch') ?? defaults.batch;
  const seed = number(args, 'seed') ?? defaults.seed;
  const screen = createStatusLine(args, io);
  const before = process.memoryUsage.rss();
  const inputs: OnnxSession['inputs'][] = [];
  const openers = files.map(({ path, shown }, i) => async () => {
    const session = await openOnnxSession(ort, path, { threads, batch, seed });
    if (typeof session === 'string') throw failure(`'${shown}' ${session}`);
    inputs[i] = session.inputs;
    return session;
  });
  try {
    const seconds = number(args, 'seconds') ?? defaults.seconds;
    const now = () => performance.now();
    const { blocks, warmUpRuns, settled } = await measure(openers, { seconds, now, onProgress: screen.progress });
    const models = files.map(({ name }, i) => {
      const summary = summarizeSeries((blocks[i] ?? []).flat());
      return { name, inputs: inputs[i] ?? {}, ...summary, doubts: doubtsOf(summary, settled) };
    });
    const [first, other] = blocks;
    return {
      engine: `ONNX Runtime ${ort.env.versions.node ?? ''}`.trim(),
      threads,
      batch,
      seed,
      warmUpRuns,
      models,
      ...(first && other && { comparison: compareBlocks(first, other, settled) }),
      // libuv has it in kilobytes
      memory: { before, peak: process.resourceUsage().maxRSS * 1024 },
    };
  } finally {
    screen.clear();
  }
}
