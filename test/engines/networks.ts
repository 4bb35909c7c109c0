import { emit } from '../../src/6-emit/emit.ts';
import { type OnnxOptions, onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { compileLibrary, conventionOf, libraryPoint } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { goldenCheckpoint, goldenInput, readGolden } from '../portable-weights.ts';
import type { EngineJob } from './run-engine.ts';

/** Networks that between them have every kind of block: gates of both sorts, shortcuts, pools, uneven pads, Clip. */
export const networks = [
  'efficientnet_b0',
  'mobilenetv3_large_100',
  'seresnet50',
  'tf_efficientnetv2_b0',
  'mobilenetv2_100',
] as const;

/** A network with random weights and one image, and the logits that timm gives for them (test/reference/README.md). */
export function networkJob(name: string, options: Partial<OnnxOptions> = {}): EngineJob {
  const { golden, logits } = readGolden(name);
  const [, ...image] = golden.input_shape;
  const [library, point] = libraryPoint(golden.model) ?? ['', {}];
  const convention = conventionOf(golden.model);
  const compiled = compileLibrary(library, { ...point, convention, resolution: image[1] });
  const files = memoryFiles();
  const weights = { checkpoint: goldenCheckpoint(golden), convention };
  const { diagnostics } = emit(compiled, onnxTarget, options, files.open, weights);
  if (diagnostics.length > 0) throw new Error(`${name}: ${diagnostics[0]?.message}`);
  const { graph } = compiled;
  const input = graph?.nodes[graph.inputs[0] as number]?.op;
  const pixels = image.reduce((a, b) => a * b, 1);
  return {
    name,
    model: files.bytes(),
    input: {
      name: input?.kind === 'input' ? input.name : '',
      shape: [1, ...image],
      data: goldenInput(golden).slice(0, pixels),
    },
    outputs: [{ name: graph?.outputs[0]?.name as string, expected: logits.slice(0, golden.logits_shape[1]) }],
  };
}
