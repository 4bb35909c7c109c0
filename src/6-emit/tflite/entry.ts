import type { TargetEntry } from '../target-entry.ts';
import { integerOps } from './integer-ops.ts';
import { lackedForms } from './lacked-forms.ts';
import { defaultOptions, type LiteOptions } from './options.ts';

/** TensorFlow Lite (LiteRT): a file for phones and small machines. */
export const liteEntry: TargetEntry<LiteOptions> = {
  name: 'tflite',
  form: 'TensorFlow Lite',
  description: 'a TensorFlow Lite file',
  layout: 'NHWC',
  types: ['float32', 'int8', 'int32'],
  halves: 'weights',
  integers: integerOps,
  output: {
    kind: 'file',
    noun: 'TensorFlow Lite model',
    ending: '.tflite',
    // its identifier; its description, which is the first of its texts
    isOwn: (head) => /^.{4}TFL3.*\0enetc /s.test(String.fromCharCode(...head.subarray(0, 128))),
  },
  options: {
    batch: {
      kind: 'number',
      value: 'N',
      most: 2 ** 31 - 1,
      words: ['dynamic'],
      default: defaultOptions.batch,
      description: 'how many samples an inference takes; dynamic is one, until it is resized',
    },
    int8Io: {
      kind: 'flag',
      description: 'with --int8: inputs and outputs are int8, too; the file states their scales and zero points',
    },
  },
  lacks: lackedForms.map(({ what }) => what),
  runtime: 'tflite',
  load: async () => (await import('./target.ts')).liteTarget,
};
