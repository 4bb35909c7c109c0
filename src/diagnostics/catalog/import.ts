import { error, info } from './entry.ts';

/** What of another program's network cannot be stated in the language. */
export const importDiagnostics = {
  'import-format': error<{ file: string; what: string }>(
    (a) => `'${a.file}' cannot be imported: it is ${a.what}; export the network to ONNX`,
    `\`enetc import\` reads networks from ONNX files: PyTorch writes one with \`torch.onnx.export\`, Keras and TensorFlow with tf2onnx. Weights alone, as in a PyTorch or safetensors file, do not say what is computed with them; for a model of the library, \`--weights\` takes them.`,
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
  'import-copied': info<{ file: string; count: number; node: string }>(
    (a) =>
      `several nodes share weights in '${a.file}' (${a.count} tensors, '${a.node}' and others); in the spec each has its own, with the same numbers`,
    `The spec of an import states every node once. To train such steps with one set of weights, give them one label and \`share\`: see [shared steps](language.md#shared-steps).`,
  ),
};
