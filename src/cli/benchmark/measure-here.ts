import type { Backend } from '../../backends/backend.ts';
import { firstLine } from '../../backends/first-line.ts';
import { loadOnnxRuntime } from '../../backends/onnx-runtime.ts';
import { type OnnxSession, onCpu, openOnnxSession } from '../../backends/onnx-session.ts';
import { openBackend } from '../../backends/open.ts';
import { openTfjsSession } from '../../backends/tfjs-session.ts';
import { findLitePython, liteAdvice } from '../../backends/tflite/find-python.ts';
import { startInterpreter } from '../../backends/tflite/interpreter.ts';
import { openLiteSession } from '../../backends/tflite/lite-session.ts';
import type { EngineName } from '../../bench/engines.ts';
import { measure } from '../../bench/measure.ts';
import { isGraphModel, openModelJson, readModelJson } from '../../predict/tfjs-files.ts';
import { failure, type Io } from '../io.ts';
import type { StatusLine } from '../status-line.ts';
import type { MeasuredModels, MeasureRequest } from './measured.ts';
import type { ModelFile } from './open-model.ts';
import { profileModel } from './profile-model.ts';

/** ONNX Runtime on this machine's CPU. */
export interface OnnxHere {
  readonly engine: string;
  /** @param profileFilePrefix where a profile is written; without it there is none */
  open(file: ModelFile, profileFilePrefix?: string): Promise<OnnxSession>;
}

export function openOnnxHere(request: MeasureRequest, { cwd }: Io): OnnxHere {
  const ort = loadOnnxRuntime(cwd);
  if (typeof ort === 'string') throw failure(`bench needs ONNX Runtime: ${ort}`);
  return {
    engine: `ONNX Runtime ${ort.env.versions.node ?? ''}`.trim(),
    async open({ path, shown }, profileFilePrefix) {
      const profiled = profileFilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix };
      const session = await openOnnxSession(ort, path, request, { ...onCpu(request.threads), ...profiled });
      if (typeof session === 'string') throw failure(`'${shown}' ${session}`);
      return session;
    },
  };
}

/** Measures ONNX files in ONNX Runtime on this machine's CPU. */
export async function measureOnnx(
  files: readonly ModelFile[],
  request: MeasureRequest,
  screen: StatusLine,
  io: Io,
): Promise<MeasuredModels> {
  const { engine, open } = openOnnxHere(request, io);
  const result = await measured(files, open, request, screen);
  const profiles = [];
  for (const file of request.profileFolder === undefined ? [] : files) {
    screen.progress(`profiling ${file.name}`);
    profiles.push(await profileModel(file, (prefix) => open(file, prefix), request));
  }
  return {
    ...result,
    engine,
    ...(profiles.length > 0 && { profiles }),
  };
}

/** Measures TensorFlow.js models on a backend of this machine. @param groups one after the other; the models of a group in turns */
export async function measureTfjs(
  groups: readonly (readonly ModelFile[])[],
  name: EngineName | 'auto',
  request: MeasureRequest,
  screen: StatusLine,
  { cwd, env }: Io,
): Promise<readonly MeasuredModels[]> {
  const backend: Backend = await openBackend(name as Backend['name'] | 'auto', { cwd, env });
  try {
    const { tf, description } = backend;
    const open = async ({ path, shown }: ModelFile) => {
      const json = readModelJson(path, shown);
      const session = await openTfjsSession(tf, openModelJson(tf, json, path, shown), isGraphModel(json), request);
      if (typeof session === 'string') throw failure(`'${shown}' ${session}`);
      return session;
    };
    const results: MeasuredModels[] = [];
    for (const files of groups) {
      results.push({ ...(await measured(files, open, request, screen)), engine: description });
    }
    return results;
  } finally {
    backend.close();
  }
}

/** Measures TensorFlow Lite files in the interpreter of a Python. @param groups as those of `measureTfjs` */
export async function measureLite(
  groups: readonly (readonly ModelFile[])[],
  request: MeasureRequest,
  screen: StatusLine,
  { cwd, env }: Io,
): Promise<readonly MeasuredModels[]> {
  const python = findLitePython({ cwd, env });
  if (python === undefined) throw failure(`bench needs a Python with LiteRT or TensorFlow: ${liteAdvice}`);
  const lite = await startInterpreter(python).catch(firstLine);
  if (typeof lite === 'string') throw failure(`${python} does not start TensorFlow Lite: ${lite}`);
  const open = async ({ path, shown }: ModelFile) => {
    const session = await openLiteSession(lite, path, request);
    if (typeof session === 'string') throw failure(`'${shown}' ${session}`);
    return session;
  };
  try {
    const results: MeasuredModels[] = [];
    for (const files of groups) {
      const { memory: _ofThisProcess, ...result } = await measured(files, open, request, screen);
      results.push({ ...result, engine: lite.engine });
    }
    return results;
  } finally {
    lite.close();
  }
}

async function measured(
  files: readonly ModelFile[],
  open: (file: ModelFile) => Promise<{ readonly inputs: MeasuredModels['inputs'][number] } & Session>,
  { seconds }: MeasureRequest,
  { progress }: StatusLine,
): Promise<Omit<MeasuredModels, 'engine'>> {
  const before = process.memoryUsage.rss();
  const inputs: MeasuredModels['inputs'][number][] = [];
  const openers = files.map((file, i) => async () => {
    const session = await open(file);
    inputs[i] = session.inputs;
    return session;
  });
  const series = await measure(openers, { seconds, now: () => performance.now(), onProgress: progress });
  // libuv has it in kilobytes
  return { ...series, inputs, memory: { before, peak: process.resourceUsage().maxRSS * 1024 } };
}

type Session = Awaited<ReturnType<Parameters<typeof measure>[0][number]>>;
