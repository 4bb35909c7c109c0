import { error, warning } from './entry.ts';

/** Errors in writing a target's files. */
export const targetDiagnostics = {
  'unsupported-op': error<{ op: string; target: string }>(
    (a) => `the target '${a.target}' does not support '${a.op}'`,
    `The target has no equivalent of the op that the marked line uses. Build for another target, or express the step with other ops.`,
  ),
  'unsupported-type': error<{ type: string; target: string; taken: string }>(
    (a) => `the target '${a.target}' does not support values of type ${a.type}, only ${a.taken}`,
    `The table of targets in docs/cli.md lists the value types of each. Choose a target that supports this one, or leave out the option that requests the type, such as \`--half\`.`,
  ),
  'onnx-opset': error<{ opset: number; oldest: number; newest: number }>(
    (a) => `opset ${a.opset} cannot be written; choose one from ${a.oldest} to ${a.newest}`,
    `ONNX's operators come in numbered sets. Older sets lack forms that the networks need; newer ones are not yet supported by any release of ONNX Runtime.`,
  ),
  'onnx-batch': error<{ batch: number }>(
    (a) => `a batch of ${a.batch} is not possible; give a whole number of 1 or more, or 'dynamic'`,
    `\`--batch 1\` fixes how many samples the network takes at a time, which some runtimes exploit; \`--batch dynamic\`, the default, leaves it open.`,
  ),
  'savedmodel-size': error<{ gigabytes: string }>(
    (a) => `the weights take ${a.gigabytes} GB, but a SavedModel holds at most 2 GB of constants`,
    `A SavedModel is a single protobuf message, which holds up to 2 GB. \`--target tflite\`, \`--target tfjs --graph\` and \`--target onnx\` write larger networks.`,
  ),
  'tflite-batch': error<{ batch: number }>(
    (a) => `a batch of ${a.batch} is not possible; give a whole number of 1 or more, or 'dynamic'`,
    `\`--batch 2\` fixes how many samples the network takes at a time; \`--batch dynamic\`, the default, takes one until the program that runs the file resizes the input.`,
  ),
  'tflite-float-input': warning<{ name: string }>(
    (a) => `the input '${a.name}' stays float32: nothing reads it as integers`,
    `\`--int8-io\` makes an input int8 if an integer layer reads it. Everything that reads this one computes in float32: ops without an integer form, or layers that \`--keep-agreement\` or \`--sqnr\` returned to float32.`,
  ),
  'tflite-float-output': warning<{ name: string }>(
    (a) => `the output '${a.name}' stays float32: it is computed in float32`,
    `\`--int8-io\` makes an output int8 if it is computed on integers. This one comes from an op without an integer form, or from a layer that \`--keep-agreement\` or \`--sqnr\` returned to float32.`,
  ),
  'int8-float-layer': warning<{ path: string }>(
    (a) => `the layer '${a.path}' stays float32: transposed convolutions have no integer form`,
    `\`--int8\` gives int8 weights to convolutions and linear layers. The weights of a transposed convolution keep their size, and its values are converted to float32 and back. \`Upsample\` and a convolution after it are quantised.`,
  ),
  'onnx-tuned-half': error<object>(
    () => `half precision has no tuned forms; leave out '--tuned' or '--half'`,
    `\`--tuned ort-x86\` writes forms that ONNX Runtime's kernels for single precision on x86 run faster. Half precision is for other hardware.`,
  ),
  'tfjs-name': error<{ path: string }>(
    (a) => `TensorFlow.js does not accept '${a.path}' as the name of weights; begin it with a letter`,
    `A path names a layer and its weights. TensorFlow.js allows letters, digits, dots, dashes and underscores, beginning with a letter or a digit. Give the step another label.`,
  ),
  'pytorch-name': error<{ weight: string; below: string }>(
    (a) =>
      `a PyTorch module cannot hold both the parameter '${a.weight}' and '${a.below}' below it; give the Weight its own label`,
    `An attribute of a module is either a parameter, \`edges\`, or a submodule, as in \`edges.conv.weight\`. The two collide when a section begins with a Weight without a label and continues with steps that have parameters. Name the Weight with a label, \`edges: start: Weight(...) -> conv: Conv(8)\`, or as a value, \`start = Weight(...)\`.`,
  ),
  'label-count': error<{ model: string; classes: number; labels: number }>(
    (a) =>
      `'${a.model}' has ${a.classes === 0 ? 'no class scores' : `${a.classes} classes`}, but ${a.labels} class names are given`,
    `A file contains the names of its classes if they are known: from the weights, from \`--run\` or from \`--labels FILE\`, which has one line per class in the order of the network's scores.`,
  ),
  'half-overflow': warning<{ tensor: string; count: number }>(
    (a) =>
      `${a.count} ${a.count === 1 ? 'value' : 'values'} of '${a.tensor}' ${a.count === 1 ? 'is' : 'are'} too large for half precision and became infinite`,
    `The largest value in half precision is 65504. A network with such weights needs single precision: leave out \`--half\`.`,
  ),
};
