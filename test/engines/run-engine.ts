import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An ONNX file with an input, and what it should give. */
export interface EngineJob {
  readonly name: string;
  readonly model: Uint8Array;
  readonly input: { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array };
  readonly outputs: readonly { readonly name: string; readonly expected: ArrayLike<number> }[];
}

export interface EngineResult {
  readonly name: string;
  /** The largest difference of an output, over its largest value. */
  readonly difference?: number;
  /** The median of the rounds. */
  readonly seconds?: number;
  /** Why there is none. */
  readonly error?: string;
}

/** The engines, and the Python modules that each needs. Those of the first list are what CI installs. */
export const engineModules: Readonly<Record<string, readonly string[]>> = {
  onnxruntime: ['onnxruntime'],
  openvino: ['openvino'],
  opencv: ['cv2'],
  'opencv-classic': ['cv2'],
  tract: ['tract'],
  mnn: ['MNN', '_tools'],
  ncnn: ['ncnn', 'pnnx'],
  onnx2torch: ['onnx2torch', 'torch'],
};

/** Runs jobs in one engine, in a process of its own. @param folder where the files go. */
export function runEngine(
  python: string,
  engine: string,
  jobs: readonly EngineJob[],
  folder: string,
  rounds = 0,
): EngineResult[] {
  const place = join(folder, engine);
  mkdirSync(place, { recursive: true });
  const list = jobs.map(({ name, model, input, outputs }, i) => {
    const path = join(place, `${i}.onnx`);
    writeFileSync(path, model);
    writeFileSync(`${path}.in`, new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.byteLength));
    const given = { name: input.name, shape: input.shape, file: `${path}.in` };
    return { name, model: path, input: given, outputs: outputs.map((output) => output.name) };
  });
  writeFileSync(join(place, 'jobs.json'), JSON.stringify(list));
  const script = fileURLToPath(new URL('run.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    python,
    [script, engine, join(place, 'jobs.json'), ...(rounds > 0 ? [String(rounds)] : [])],
    { encoding: 'utf8', env: { ...process.env, OPENCV_LOG_LEVEL: 'ERROR' } },
  );
  const done = new Map<string, { files?: string[]; error?: string; seconds?: number }>(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map((result) => [result.name, result]),
  );
  return jobs.map(({ name, outputs }): EngineResult => {
    const { files, error, seconds } = done.get(name) ?? {};
    if (!files) return { name, error: error ?? `ended with ${status}: ${stderr.trim().split('\n').at(-1)}` };
    const differences = outputs.map(({ expected }, i) => differenceOf(readFloats(files[i]), expected));
    return { name, difference: Math.max(...differences), ...(seconds !== undefined && { seconds }) };
  });
}

function readFloats(file: string | undefined): Float32Array {
  if (file === undefined) return new Float32Array();
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Over the largest value; infinite where the sizes differ or a number is none. */
function differenceOf(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((values[i] as number) - (expected[i] as number));
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    largest = Math.max(largest, Math.abs(expected[i] as number));
  }
  return worst / Math.max(largest, 1e-30);
}
