import { error, info } from './entry.ts';

/** What of another program's network cannot be stated in the language. */
export const importDiagnostics = {
  'import-format': error<{ file: string; what: string }>(
    (a) => `'${a.file}' cannot be imported: it is ${a.what}; export the network to ONNX`,
    `\`enetc import\` reads networks from ONNX files, Keras models and TensorFlow.js layers models, and weights of members of the library. PyTorch writes ONNX with \`torch.onnx.export\`, TensorFlow with tf2onnx.`,
  ),
  'import-tensors': error<{ file: string; what: string; count: number }>(
    (a) =>
      `'${a.file}' cannot be imported: it is ${a.what}, and no member of the library has its ${a.count} tensors; export the network to ONNX`,
    `Weights alone, as in a PyTorch or safetensors file, do not say what is computed with them. \`enetc import\` takes them where the names and shapes of all tensors are those of a member of the library, under the names of a column of its weight map (timm's or torchvision's, say) or its own, whatever the number of classes. For a model of your own, \`--weights\` takes them.`,
  ),
  'import-member': info<{ file: string; call: string; column: string; others: string }>(
    (a) =>
      `'${a.file}' has the tensors of a network of the library: ${a.call}${a.column ? `, under the names of ${a.column}` : ''}${a.others ? `; the same has ${a.others}` : ''}`,
    `Names and shapes of tensors tell which member of a family of the library a file of weights is for. Networks that differ only in what has no weights, such as strides, have the same tensors; the one whose name is in the file's name is taken, else the first. The convention (padding, epsilon) and the normalisation are those of the column of the weight map.`,
  ),
  'import-node': error<{ file: string; node: string; type: string; reason: string }>(
    (a) =>
      `'${a.file}' cannot be imported: the node '${a.node}'${a.type ? ` (${a.type})` : ''} cannot be stated: ${a.reason}`,
    `\`enetc import\` states a network in the language, which has a closed set of operators: those of [the language](language.md#built-in-ops). A file whose outputs depend on anything else is refused, and the first node that has no counterpart is named. Nodes that the outputs do not depend on do not matter.`,
  ),
  'import-limits': error<{ file: string; reason: string }>(
    (a) => `'${a.file}' cannot be imported: its network cannot be built from a spec: ${a.reason}`,
    `A network of the language keeps to [limits](language.md#limits), which are far above those of any real network. A file that exceeds them is damaged, or made to.`,
  ),
  'import-family': info<{ file: string; call: string; folded: boolean }>(
    (a) =>
      `'${a.file}' is a network of the library: ${a.call}${a.folded ? "; its batch norms, which the file has folded into convolutions, add the convolutions' biases and change nothing else" : ''}`,
    `A network that is equal to a member of a family of the library, node by node, is stated as that member. Exporters fold batch norms into the convolutions before them; the family has both, so that it can be trained further. The norms then have the mean 0, the variance 1 and a weight of \`sqrt(1 + epsilon)\`.`,
  ),
  'import-flat': info<{ file: string; reason: string }>(
    ({ file, reason }) => `'${file}' is stated step by step, without blocks and tables: ${reason}`,
    "`import` looks for parts of a network that occur several times, to state them as blocks and their uses as tables. Where it finds none, or where the text with blocks builds another network, each step has its own line. The network is the file's either way. Blocks that read two values are not looked for.",
  ),
  'import-strings': info<{ file: string; stem: number; head: number; act: string }>(
    (a) =>
      `the block strings of '${a.file}' say nothing of what is around the blocks: the spec has a stem of ${a.stem} filters, a head of ${a.head} and ${a.act}, as EfficientNet`,
    `timm and the TPU reference code state the blocks of a network as strings (\`ir_r2_k3_s2_e6_c24_se0.25\`), and stem, head, activation and padding in code. Change them in the spec where the network has others. The excitation is a share of the block's input, as in EfficientNet; MobileNetV3 takes it of the expanded channels.`,
  ),
  'import-copied': info<{ file: string; count: number; node: string }>(
    (a) =>
      `several nodes share weights in '${a.file}' (${a.count} tensors, '${a.node}' and others); in the spec each has its own, with the same numbers`,
    `The spec of an import states every node once. To train such steps with one set of weights, give them one label and \`share\`: see [shared steps](language.md#shared-steps).`,
  ),
};
