import type { io } from '@tensorflow/tfjs';
import { type ImportOptions, importOpened } from '../../src/import/import-model.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { openCheckpointFile } from '../../src/weights/readers/readers.ts';
import { accessTo } from '../weights/open-bytes.ts';

/** Graph models of TensorFlow.js, node by node. */

const real = { type: 'DT_FLOAT' };
export const text = (s: string) => ({ s: btoa(s) });
export const texts = (...list: string[]) => ({ list: { s: list.map((s) => btoa(s)) } });
export const wholes = (...list: number[]) => ({ list: { i: list.map(String) } });
export const moves = (stride = 1, padding = 'SAME') => ({
  strides: wholes(1, stride, stride, 1),
  padding: text(padding),
  dilations: wholes(1, 1, 1, 1),
});

export const op = (name: string, kind: string, input: readonly string[], attr: object = {}) => ({
  name,
  op: kind,
  input,
  attr: { T: real, ...attr },
});

/** The input `x`. */
export const image = (...size: number[]) => ({
  name: 'x',
  op: 'Placeholder',
  attr: { dtype: real, shape: { shape: { dim: [-1, ...size].map((n) => ({ size: String(n) })) } } },
});

type Shapes = Readonly<Record<string, readonly number[]>>;

export const constants = (...all: readonly Shapes[]) =>
  all.flatMap((names) => Object.keys(names).map((name) => ({ name, op: 'Const', input: [], attr: {} })));

interface Parts {
  readonly nodes: readonly unknown[];
  /** Floating-point constants, in TensorFlow's order. */
  readonly shapes: Shapes;
  /** Whole numbers. */
  readonly sizes: Shapes;
  /** Of whole numbers that are not a list. */
  readonly sizeShapes?: Shapes;
  /** What to make of a constant's random numbers. */
  readonly change?: (name: string, values: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;
}

export type Artifacts = io.ModelArtifacts & {
  readonly weightSpecs: io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer;
};

/** A model as TensorFlow.js loads it. */
export function artifactsOf({ nodes, shapes, sizes, sizeShapes = {}, change }: Parts): Artifacts {
  const floats = Object.entries(shapes).map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
    fillNormal(values, randomState(5, name), 0.5);
    const own = change ? change(name, values) : values;
    return { spec: { name, shape: [...shape], dtype: 'float32' as const }, bytes: new Uint8Array(own.buffer) };
  });
  const integers = Object.entries(sizes).map(([name, list]) => {
    const shape = [...(sizeShapes[name] ?? [list.length])];
    return { spec: { name, shape, dtype: 'int32' as const }, bytes: new Uint8Array(Int32Array.from(list).buffer) };
  });
  const all = [...floats, ...integers];
  return {
    format: 'graph-model',
    modelTopology: { node: nodes, versions: {} },
    weightSpecs: all.map(({ spec }) => spec),
    weightData: Uint8Array.from(Buffer.concat(all.map(({ bytes }) => bytes))).buffer,
  };
}

/** What the import makes of a model. */
export function importedFrom({ weightData, weightSpecs, ...own }: Artifacts, options: ImportOptions = {}) {
  const json = { ...own, weightsManifest: [{ paths: ['w'], weights: weightSpecs }] };
  const opened = openCheckpointFile({
    name: 'net',
    file: accessTo(new TextEncoder().encode(JSON.stringify(json))),
    openNear: () => accessTo(new Uint8Array(weightData)),
  });
  return importOpened(opened, 'a model', 'net', options);
}
