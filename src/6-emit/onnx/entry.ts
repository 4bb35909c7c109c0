import type { TargetEntry } from '../target-entry.ts';
import { integerOps } from './integer-ops.ts';
import { lackedForms } from './lacked-forms.ts';
import { defaultOptions, newestOpset, type OnnxOptions, oldestOpset } from './options.ts';

/** ONNX (https://onnx.ai): a file that runs anywhere. */
export const onnxEntry: TargetEntry<OnnxOptions> = {
  name: 'onnx',
  form: 'ONNX',
  description: 'an ONNX file',
  layout: 'NCHW',
  types: ['float32', 'float16', 'int8', 'int16', 'int32'],
  halves: 'all',
  integers: integerOps,
  output: {
    kind: 'file',
    noun: 'ONNX model',
    ending: '.onnx',
    // ModelProto: ir_version, then producer_name.
    isOwn: (head) => head[0] === 0x08 && [...'\x12\x05enetc'].every((c, i) => head[i + 2] === c.charCodeAt(0)),
  },
  options: {
    batch: {
      kind: 'number',
      value: 'N',
      most: 2 ** 31 - 1,
      words: ['dynamic'],
      default: defaultOptions.batch,
      description: 'how many samples an inference takes',
    },
    opset: {
      kind: 'number',
      value: 'N',
      default: defaultOptions.opset,
      description: `the operator set, ${oldestOpset} to ${newestOpset}`,
    },
    externalData: {
      kind: 'flag',
      description: 'write the weights to FILE.HASH.data next to the model, named by a hash of their contents',
    },
    tuned: {
      kind: 'choice',
      value: 'RUNTIME',
      choices: ['ort-x86'],
      description: 'forms for one runtime, slower in others: ONNX Runtime on x86, for some networks',
    },
  },
  lacks: lackedForms.map(({ what }) => what),
  runtime: 'onnxruntime',
  load: async () => (await import('./target.ts')).onnxTarget,
};
