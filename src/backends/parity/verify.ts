import type { Graph } from '../../5-graph/graph.ts';
import type { Compilation } from '../../compile.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { positionAt } from '../../source.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';
import { randomWeights } from '../../weights/random-weights.ts';
import { type Backend, type BackendName, BackendUnavailable, backendNames, type OpenOptions } from '../backend.ts';
import { firstLine } from '../first-line.ts';
import { loadOnnxRuntime } from '../onnx-runtime.ts';
import { openBackend } from '../open.ts';
import { findTorchPython, torchAdvice } from '../pytorch/find-python.ts';
import { findLitePython, liteAdvice } from '../tflite/find-python.ts';
import { startInterpreter } from '../tflite/interpreter.ts';
import { calibratedWeights } from './calibrated-weights.ts';
import { type WrittenForm, type WrittenForms, writeForms } from './forms.ts';
import { runLite, runOnnx, runTfjs, runTorch } from './run-forms.ts';
import { type Difference, differenceOf, largestOf, type NamedValue, randomInputs, toTensors } from './values.ts';

export interface ParityRequest {
  /** Which backends; by default all that work here except a software GPU, which takes minutes. */
  readonly backends?: readonly BackendName[];
  readonly batch: number;
  /** The tolerance of an output, relative to its largest value. */
  readonly tolerance: number;
  /** The seed of the inputs and of random weights. */
  readonly seed: number;
  /** Weights from a file; by default every tensor is random. */
  readonly weights?: WeightsRequest;
  readonly where: OpenOptions;
  /** Called with what is being run. */
  readonly onStep?: (what: string) => void;
}

/** One form of the network on one engine. */
export interface ParityRow {
  readonly form: string;
  readonly engine: string;
  /** For users: what the engine is. */
  readonly detail: string;
  /** Absent for the reference itself, and for what did not run. */
  readonly difference?: Difference;
  /** For a form that the engine cannot load or run: its message, in one line. */
  readonly failure?: string;
  /** Milliseconds of the run, including loading. */
  readonly seconds: number;
  readonly ok: boolean;
}

export interface ParityReport {
  /** Which row the others are compared with. */
  readonly reference: string;
  /** The largest output of the reference, regardless of sign. */
  readonly largest: number;
  readonly rows: readonly ParityRow[];
  /** Forms that the network does not have, and why. */
  readonly refused: readonly { readonly form: string; readonly why: string }[];
  /** What could not be run here, and why. */
  readonly missing: readonly { readonly engine: string; readonly why: string; readonly advice?: string }[];
  readonly ok: boolean;
}

/**
 * Runs a network with the same weights and the same input in every form that it is written in, on every engine that works
 * here, and compares the outputs with those of ONNX Runtime, or where that is missing with the first that ran.
 * @returns no report where the weights or a target are refused.
 */
export async function verifyParity(
  compilation: Compilation,
  graph: Graph,
  request: ParityRequest,
): Promise<{ readonly report?: ParityReport; readonly diagnostics: readonly Diagnostic[] }> {
  const { batch, seed, where } = request;
  const inputs = randomInputs(graph, batch, seed);
  const missing: { engine: string; why: string; advice?: string }[] = [];
  const runs: Run[] = [];
  let written: WrittenForms | undefined;
  for (const name of request.backends ?? backendNames) {
    const backend = await open(name, request, missing);
    if (!backend) continue;
    try {
      if (!written) {
        request.onStep?.(request.weights ? 'writing the models' : `choosing weights on ${name}`);
        written = await writeForms(compilation, request.weights ?? (await randomRequest(backend, inputs)));
        if (!written.forms) return { diagnostics: written.diagnostics };
        for (const form of formsOf('onnxruntime')) await runOnnxFirst(form);
        await runLiteForms(formsOf('tflite'));
        await runTorchForms(formsOf('pytorch'));
      }
      const { tf, description } = backend;
      for (const runtime of ['tfjs-layers', 'tfjs-graph'] as const) {
        for (const form of formsOf(runtime)) {
          await timed(form.name, name, description, () => runTfjs(tf, form, graph, inputs, batch));
        }
      }
    } finally {
      backend.close();
    }
  }
  const refused = (written?.refused ?? []).map(({ form, reasons }) => ({ form, why: reasonText(reasons) }));
  return { report: reportOf(runs, refused, missing, request.tolerance), diagnostics: written?.diagnostics ?? [] };

  async function randomRequest({ tf }: Backend, values: readonly NamedValue[]): Promise<WeightsRequest> {
    const images = toTensors(tf, values, batch);
    try {
      return { checkpoint: await calibratedWeights(compilation, graph, seed, tf, images) };
    } catch {
      // The engine cannot run the layers model, whose own row then reports why.
      return { checkpoint: randomWeights(graph, seed) };
    } finally {
      tf.dispose(images);
    }
  }

  function formsOf(runtime: WrittenForm['runtime']): readonly WrittenForm[] {
    return (written?.forms ?? []).filter((form) => form.runtime === runtime);
  }

  async function runOnnxFirst({ name, files }: WrittenForm): Promise<void> {
    const ort = loadOnnxRuntime(where.cwd);
    if (typeof ort === 'string') missing.push({ engine: 'onnxruntime', why: ort });
    // Weights in a second file.
    else if (files.names().length > 1)
      missing.push({ engine: 'onnxruntime', why: 'the file would have 2 GiB or more' });
    else {
      await timed(name, 'onnxruntime', 'ONNX Runtime', () => runOnnx(ort, files.bytes(''), graph, inputs, batch));
    }
  }

  async function runLiteForms(forms: readonly WrittenForm[]): Promise<void> {
    if (forms.length === 0) return;
    const python = findLitePython(where);
    if (python === undefined) {
      const why = 'there is no Python with LiteRT or TensorFlow';
      missing.push({ engine: 'tflite', why, advice: liteAdvice });
      return;
    }
    request.onStep?.("starting TensorFlow Lite's interpreter");
    const lite = await startInterpreter(python).catch(firstLine);
    if (typeof lite === 'string') {
      missing.push({ engine: 'tflite', why: `${python} cannot start it: ${lite}`, advice: liteAdvice });
      return;
    }
    try {
      for (const { name, files } of forms) {
        await timed(name, 'tflite', lite.engine, () => runLite(lite, files.bytes(''), graph, inputs, batch));
      }
    } finally {
      lite.close();
    }
  }

  async function runTorchForms(forms: readonly WrittenForm[]): Promise<void> {
    if (forms.length === 0) return;
    const found = findTorchPython(where);
    if (!found) {
      missing.push({ engine: 'pytorch', why: 'there is no Python with PyTorch', advice: torchAdvice });
      return;
    }
    for (const { name, files } of forms) {
      const detail = `PyTorch ${found.version}`;
      await timed(name, 'pytorch', detail, () => runTorch(found.python, files, graph, inputs, batch));
    }
  }

  /** Runs a form; a failure to run is a finding just like a difference. */
  async function timed(form: string, engine: string, detail: string, run: () => Promise<readonly NamedValue[]>) {
    request.onStep?.(`${form} on ${engine}`);
    const start = performance.now();
    const result = await run().then(
      (values) => ({ values }),
      (e: unknown) => ({ failure: firstLine(e) }),
    );
    runs.push({ form, engine, detail, ...result, seconds: (performance.now() - start) / 1000 });
  }
}

interface Run extends Pick<ParityRow, 'form' | 'engine' | 'detail' | 'seconds' | 'failure'> {
  readonly values?: readonly NamedValue[];
}

/** The first of a form's errors, where it is, and how many more there are. */
function reasonText([first, ...others]: readonly Diagnostic[]): string {
  if (!first) return '';
  const { message, span } = first;
  const place = span ? ` (${span.source.name}:${positionAt(span.source, span.start).line})` : '';
  return `${message}${place}${others.length > 0 ? `, and ${others.length} more` : ''}`;
}

async function open(
  name: BackendName,
  { backends, where }: ParityRequest,
  missing: { engine: string; why: string; advice?: string }[],
): Promise<Backend | undefined> {
  try {
    const backend = await openBackend(name, where);
    if (backends || name !== 'webgpu' || !backend.slow) return backend;
    backend.close();
    missing.push({
      engine: name,
      why: 'there is no GPU',
      advice: "asked for by its name, 'webgpu' runs in software, slowly",
    });
    return undefined;
  } catch (e) {
    if (!(e instanceof BackendUnavailable)) throw e;
    missing.push({ engine: name, why: e.message, ...(e.advice !== undefined && { advice: e.advice }) });
    return undefined;
  }
}

function reportOf(
  runs: readonly Run[],
  refused: ParityReport['refused'],
  missing: ParityReport['missing'],
  tolerance: number,
): ParityReport {
  const reference = runs.find(({ values }) => values !== undefined);
  const expected = reference?.values ?? [];
  const largest = largestOf(expected);
  const isSound = Number.isFinite(largest) && largest > 0;
  const rows = runs.map(({ values, ...run }): ParityRow => {
    if (!values) return { ...run, ok: false };
    if (values === expected) return { ...run, ok: isSound };
    const difference = differenceOf(values, expected);
    return { ...run, difference, ok: isSound && difference.relative <= tolerance };
  });
  const ok = rows.length > 1 && rows.every((row) => row.ok);
  const name = reference ? `${reference.form}, ${reference.detail}` : 'none';
  return { reference: name, largest, rows, refused, missing, ok };
}
