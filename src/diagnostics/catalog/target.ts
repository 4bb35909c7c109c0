import { error, warning } from './entry.ts';

/** What a target cannot write. */
export const targetDiagnostics = {
  'unsupported-op': error<{ op: string; target: string }>(
    (a) => `the target '${a.target}' has no output for '${a.op}'`,
    `Each target has one table from op to output. This one lacks the op that the marked line asks for; build for another target, or express the step with other ops.`,
  ),
  'unsupported-type': error<{ type: string; target: string; taken: string }>(
    (a) => `the target '${a.target}' does not take values of type ${a.type}, only of ${a.taken}`,
    `Each target states the types of values that it can write (the table of targets in docs/cli.md). Choose a target that takes this one, or leave out the option that gives values the type, such as \`--half\`.`,
  ),
  'onnx-opset': error<{ opset: number; oldest: number; newest: number }>(
    (a) => `opset ${a.opset} cannot be written; choose one from ${a.oldest} to ${a.newest}`,
    `ONNX's operators come in numbered sets. Older ones than these lack forms that the networks need; newer ones are not yet supported by any release of ONNX Runtime.`,
  ),
  'onnx-batch': error<{ batch: number }>(
    (a) => `a batch of ${a.batch} is not possible; give a whole number from 1, or 'dynamic'`,
    `\`--batch 1\` fixes how many samples the network takes at a time, which some runtimes make use of; \`--batch dynamic\`, the default, leaves it open.`,
  ),
  'savedmodel-size': error<{ gigabytes: string }>(
    (a) => `the weights have ${a.gigabytes} GB, and a SavedModel has room for 2 GB of constants`,
    `A SavedModel is one protobuf message, which holds up to 2 GB. \`--target tflite\`, \`--target tfjs --graph\` and \`--target onnx\` write larger networks.`,
  ),
  'tflite-batch': error<{ batch: number }>(
    (a) => `a batch of ${a.batch} is not possible; give a whole number from 1, or 'dynamic'`,
    `\`--batch 2\` fixes how many samples the network takes at a time; \`--batch dynamic\`, the default, takes one until the program that runs the file resizes the input.`,
  ),
  'tflite-float-input': warning<{ name: string }>(
    (a) => `the input '${a.name}' stays float32: nothing reads it as integers`,
    `\`--int8-io\` makes an input int8 where a layer computes on its integers. This one is read by what computes in float32: an op that has no form on integers, or a layer that \`--keep-agreement\` or \`--sqnr\` has returned to float32.`,
  ),
  'tflite-float-output': warning<{ name: string }>(
    (a) => `the output '${a.name}' stays float32: what gives it computes in float32`,
    `\`--int8-io\` makes an output int8 where it is computed on integers. This one comes from an op that has no form on integers, or from a layer that \`--keep-agreement\` or \`--sqnr\` has returned to float32.`,
  ),
  'onnx-tuned-half': error<object>(
    () => `half precision has no tuned forms; leave out '--tuned' or '--half'`,
    `\`--tuned ort-x86\` writes forms that ONNX Runtime's kernels for single precision on x86 run faster. Half precision is for other hardware.`,
  ),
  'tfjs-name': error<{ path: string }>(
    (a) => `TensorFlow.js takes no weights under the name '${a.path}'; let it begin with a letter`,
    `A path is the name of a layer and of its weights. TensorFlow.js takes letters, digits, dots, dashes and underscores, the first a letter or a digit. Give the step another label.`,
  ),
  'pytorch-name': error<{ weight: string; below: string }>(
    (a) =>
      `a PyTorch module has no room for both the parameter '${a.weight}' and '${a.below}' below it; give the Weight a label of its own`,
    `The names of a module's tensors are places in it: \`edges\` is a parameter and \`edges.conv.weight\` belongs to a module, and one place does not hold both. That happens to a section that begins with a Weight without a label and goes on with steps that have parameters: \`edges: start: Weight(...) -> conv: Conv(8)\` or a value, \`start = Weight(...)\`, gives the Weight a name of its own.`,
  ),
  'label-count': error<{ model: string; classes: number; labels: number }>(
    (a) =>
      `'${a.model}' has ${a.classes === 0 ? 'no scores of classes' : `${a.classes} classes`}, but there are names for ${a.labels}`,
    `A file states the names of its classes where they are known: from the weights, from \`--run\` or from \`--labels FILE\`, a line for each class in the order of the network's scores.`,
  ),
  'half-overflow': warning<{ tensor: string; count: number }>(
    (a) =>
      `${a.count} ${a.count === 1 ? 'value' : 'values'} of '${a.tensor}' ${a.count === 1 ? 'is' : 'are'} too large for half precision and became infinite`,
    `Half precision ends at 65504. A network with such weights needs single precision: leave out \`--half\`.`,
  ),
};
