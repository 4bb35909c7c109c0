import { prepareNetwork } from '../../6-emit/emit.ts';
import { targets } from '../../6-emit/targets.ts';
import { loadOnnxRuntime } from '../../backends/onnx-runtime.ts';
import { findLitePython, liteAdvice } from '../../backends/tflite/find-python.ts';
import { type LiteInterpreter, startInterpreter } from '../../backends/tflite/interpreter.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { findPictures } from '../../predict/find-pictures.ts';
import { compareEngines, type IntegerRow, type QuantisedForm } from '../../quantise/compare-engines.ts';
import { onnxEngine } from '../../quantise/engine.ts';
import { liteEngine } from '../../quantise/lite-engine.ts';
import { noise, type Pictures, preparePictures } from '../../quantise/pictures.ts';
import { formatPercent } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import { summarizePoint } from '../../report/summary.ts';
import { columnsOf, type Paint, renderTable } from '../../report/text-table.ts';
import { imageOf } from '../../train/open/classified-network.ts';
import { flag, list, number } from '../arguments.ts';
import { withTemporaryFolder } from '../benchmark/temporary-folder.ts';
import { openNetwork } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { openWeights } from '../open-weights.ts';
import { printAnswer, printDiagnostics } from '../print-diagnostics.ts';
import { createStatusLine } from '../status-line.ts';
import { explained } from '../training/explained.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';

/** Decibels that an engine may be further from float32 than what the integers stand for. */
const defaultTolerance = 1;
/** Normal numbers in the place of pictures. */
const noiseCount = 16;
/** The oldest opset that the target writes by default. */
const opset = 17;

/** `enetc verify --int8 [spec]`: whether engines make of int8 files what their integers stand for. */
export function verifyInt8(args: Arguments, io: Io): Promise<number> {
  for (const name of ['backend', 'batch'] as const) {
    if (flag(args, name)) throw usageError(`--${name} and --int8 cannot be combined`, 'verify');
  }
  return explained(args, io, async () => {
    requireWeights(args);
    const tolerance = number(args, 'tolerance') ?? defaultTolerance;
    const ort = loadOnnxRuntime(io.cwd);
    if (typeof ort === 'string') throw failure(`--int8 needs ONNX Runtime: ${ort}`);
    const opened = await openNetwork(args, io);
    if (!opened) return exitCodes.diagnostics;
    const weights = await openWeights(opened, args, io);
    const screen = createStatusLine(args, io);
    const python = findLitePython(io);
    const missing = python === undefined ? [{ engine: 'tflite', why: `no Python has it: ${liteAdvice}` }] : [];
    let lite: LiteInterpreter | undefined;
    try {
      const { network, checkpoint } = weights;
      const request = weightsRequest(args, opened, checkpoint);
      lite = python === undefined ? undefined : await startInterpreter(python);
      const reported = [...weights.diagnostics];
      const rows = await withTemporaryFolder(async (folder): Promise<readonly IntegerRow[]> => {
        const exact = onnxEngine(ort, folder, opset);
        const forms = targets.flatMap((entry): QuantisedForm[] => {
          const { integers, runtime, form: name } = entry;
          if (!integers || (runtime === 'tflite' && !lite)) return [];
          const { graph, weights: source, diagnostics } = prepareNetwork(network, entry, request);
          if (reported.length === weights.diagnostics.length) reported.push(...diagnostics);
          if (!source) return [];
          const engines =
            runtime === 'tflite' && lite
              ? [
                  { ...liteEngine(lite, folder), name: `${lite.engine}, XNNPACK` },
                  { ...liteEngine(lite, folder, false), name: `${lite.engine}, its own kernels` },
                ]
              : [onnxEngine(ort, folder, opset, 'integer')];
          return [{ name, graph, weights: source, integers, engines }];
        });
        if (hasErrors(reported)) return [];
        const pictures = await openPictures(imageOf(network.graph), folder, args, io, screen);
        try {
          return await compareEngines(forms, exact, pictures, pictures, tolerance, screen.progress);
        } finally {
          pictures.close();
        }
      });
      screen.clear();
      printDiagnostics(reported, args, io);
      const ok = rows.length > 1 && rows.every((row) => row.ok);
      const diagnostics = [...network.diagnostics, ...reported].map(diagnosticToJson);
      const answer = { point: summarizePoint(network.point), tolerance, rows, missing, ok, diagnostics };
      const heading = `${network.point.model}, ${describePoint(network.point)}, int8`;
      printAnswer(args, io, answer, (paint) => integersText(heading, rows, missing, tolerance, ok, paint));
      return ok ? exitCodes.ok : exitCodes.diagnostics;
    } finally {
      screen.clear();
      lite?.close();
      weights.close();
    }
  });
}

/** The pictures of `--calibrate`, or noise: ranges are of them, and they are what is compared. */
async function openPictures(
  image: ReturnType<typeof imageOf>,
  folder: string,
  args: Arguments,
  { cwd }: Io,
  screen: ReturnType<typeof createStatusLine>,
): Promise<Pictures> {
  const paths = list(args, 'calibrate');
  if (paths.length === 0) return noise(noiseCount, image, folder);
  return preparePictures(findPictures(paths, cwd), {
    cwd,
    folder,
    image,
    skipped: ({ name, reason }) => screen.warn(`'${name}' cannot be read and is skipped: ${reason}`),
    progress: (done, total) => screen.progress(`reading: ${done} of ${total} pictures`),
  });
}

function integersText(
  heading: string,
  rows: readonly IntegerRow[],
  missing: readonly { readonly engine: string; readonly why: string }[],
  tolerance: number,
  ok: boolean,
  paint: Paint,
): string {
  const cells = rows.map(({ form, engine, float32, integers, failure: failed, ok: fits }) => [
    form,
    engine ?? 'its integers, exactly',
    float32 ? decibelText(float32.sqnr) : '',
    float32?.agreement === undefined ? '' : formatPercent(float32.agreement, 1),
    integers ? decibelText(integers.sqnr) : '',
    engine === undefined
      ? 'the reference'
      : fits
        ? paint.good('same')
        : paint.bad(failed ? 'DOES NOT RUN' : 'FURTHER OFF'),
  ]);
  const columns = columnsOf(['form', 'engine'], ['to float32', 'first answers', 'to its integers'], ['result']);
  return [
    paint.bold(heading),
    '',
    renderTable(columns, cells, { paint }),
    `An engine may be ${tolerance} dB further from float32 than the exact values of the integers.`,
    ...rows.flatMap(({ form, engine, failure: failed }) =>
      failed === undefined ? [] : [paint.bad(`${form} on ${engine}: ${failed}`)],
    ),
    ...missing.map(({ engine, why }) => paint.dim(`${engine}: not run, ${why}`)),
    ok ? paint.good('All engines are close enough.') : paint.bad('Not every engine is close enough.'),
    '',
  ].join('\n');
}

function decibelText(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} dB` : 'equal';
}
