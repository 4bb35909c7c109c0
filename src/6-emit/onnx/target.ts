import type { Target } from '../target.ts';
import { checkOnnx } from './check.ts';
import { defaultOptions, newestOpset, type OnnxOptions, oldestOpset } from './options.ts';
import { planModel } from './plan.ts';
import { writeModel } from './write-model.ts';

export type { OnnxOptions };

/** ONNX (https://onnx.ai): a file that runs anywhere. */
export const onnxTarget: Target<OnnxOptions> = {
  name: 'onnx',
  layout: 'NCHW',
  description: `ONNX, opset ${oldestOpset} to ${newestOpset}`,
  unsupported: [],
  defaults: defaultOptions,
  check: checkOnnx,
  emit: (request) => writeModel(planModel(request.graph, request.options), request),
};
