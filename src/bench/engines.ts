/** The files that engines take. */
export type ModelForm = 'onnx' | 'tfjs' | 'tflite';

/** An engine that networks can be measured in: where it runs, and the files that it takes. */
export interface EngineFacts {
  /** In this process, or in a page of a browser. */
  readonly where: 'here' | 'page';
  readonly takes: ModelForm;
  /** Whether the number of its threads can be set. */
  readonly threads: boolean;
  /** For people. */
  readonly label: string;
}

/** In the order of help. */
export const engines = {
  onnxruntime: { where: 'here', takes: 'onnx', threads: true, label: 'ONNX Runtime' },
  tflite: { where: 'here', takes: 'tflite', threads: true, label: 'TensorFlow Lite' },
  cuda: { where: 'here', takes: 'tfjs', threads: false, label: 'TensorFlow on a GPU' },
  tensorflow: { where: 'here', takes: 'tfjs', threads: false, label: 'TensorFlow' },
  webgpu: { where: 'here', takes: 'tfjs', threads: false, label: 'TensorFlow.js on WebGPU' },
  cpu: { where: 'here', takes: 'tfjs', threads: false, label: 'plain TensorFlow.js' },
  'ort-wasm': { where: 'page', takes: 'onnx', threads: true, label: 'ONNX Runtime Web, WASM' },
  'ort-webgpu': { where: 'page', takes: 'onnx', threads: false, label: 'ONNX Runtime Web, WebGPU' },
  'tfjs-wasm': { where: 'page', takes: 'tfjs', threads: true, label: 'TensorFlow.js, WASM' },
  'tfjs-webgl': { where: 'page', takes: 'tfjs', threads: false, label: 'TensorFlow.js, WebGL' },
  'tfjs-webgpu': { where: 'page', takes: 'tfjs', threads: false, label: 'TensorFlow.js, WebGPU' },
  'tfjs-cpu': { where: 'page', takes: 'tfjs', threads: false, label: 'TensorFlow.js, plain JavaScript' },
} as const satisfies Readonly<Record<string, EngineFacts>>;

export type EngineName = keyof typeof engines;

export const engineNames = Object.keys(engines) as readonly EngineName[];

/** The engines that run in a page. */
export type PageEngine = { [N in EngineName]: (typeof engines)[N]['where'] extends 'page' ? N : never }[EngineName];

export function isPageEngine(name: EngineName): name is PageEngine {
  return engines[name].where === 'page';
}
