import type { Target } from '../target.ts';
import { checkOnnx } from './check.ts';
import { onnxEntry } from './entry.ts';
import { defaultOptions, type OnnxOptions } from './options.ts';
import { planModel } from './plan.ts';
import { writeModel } from './write-model.ts';

export type { OnnxOptions };

/** ONNX (https://onnx.ai): a file that runs anywhere. */
export const onnxTarget: Target<OnnxOptions> = {
  ...onnxEntry,
  defaults: defaultOptions,
  check: checkOnnx,
  emit: (request) => writeModel(planModel(request.graph, request.options), request),
};
