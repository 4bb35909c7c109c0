import { error, info, warning } from './entry.ts';

/** The node of a file that cannot be expressed. */
export interface NodeFacts {
  readonly file: string;
  readonly node: string;
  readonly type: string;
  readonly reason: string;
}

function nodeText({ node, type }: NodeFacts): string {
  return `the node '${node}'${type ? ` (${type})` : ''}`;
}

/** Errors in importing another program's network. */
export const importDiagnostics = {
  'import-format': error<{ file: string; what: string }>(
    (a) => `'${a.file}' cannot be imported: it is ${a.what}; export the network to ONNX`,
    `\`enetc import\` reads networks from ONNX files, Keras models and TensorFlow.js layers models, and weight files of library models. PyTorch writes ONNX with \`torch.onnx.export\`, TensorFlow with tf2onnx.`,
  ),
  'import-tensors': error<{ file: string; what: string; count: number }>(
    (a) =>
      `'${a.file}' cannot be imported: it is ${a.what}, and no library model has its ${a.count} tensors; export the network to ONNX`,
    `Weights alone, as in a PyTorch or safetensors file, do not describe the computation. \`enetc import\` accepts them if the names and shapes of all tensors match a library model, under the names of a column of its weight map (such as timm's or torchvision's) or its own, with any number of classes. To use them with your own model, give them to \`--weights\`.`,
  ),
  'import-member': info<{ file: string; call: string; column: string; others: string }>(
    (a) =>
      `'${a.file}' has the tensors of a library model: ${a.call}${a.column ? `, under the names of ${a.column}` : ''}${a.others ? `; the same tensors occur in ${a.others}` : ''}`,
    `The names and shapes of its tensors show which library model a weight file is for. Networks that differ only in parts without weights, such as strides, have the same tensors; the one whose name occurs in the file's name is taken, else the first. The convention (padding, epsilon) and the normalisation are those of the weight map's column.`,
  ),
  'import-node': error<NodeFacts & { kept?: number; nodes?: number }>(
    (a) =>
      `'${a.file}' cannot be imported: ${nodeText(a)} cannot be expressed: ${a.reason}${a.kept ? `; 'enetc import --cut' leaves out what depends on it, and keeps ${a.kept} of ${a.nodes} nodes` : ''}`,
    `\`enetc import\` expresses a network in the language, whose set of operators is closed: its [built-in ops](language.md#built-in-ops). A file whose outputs depend on anything else is refused, and the message names the first node without a counterpart. Nodes that the outputs do not depend on are ignored.

A detector's file often ends with post-processing: boxes are decoded, sorted and selected, by operators that are not a network's. \`--cut\` leaves out whatever depends on a node that cannot be expressed; the last tensors before it are the outputs. \`--outputs\` chooses outputs by the names of tensors or nodes.`,
  ),
  'import-cut': warning<NodeFacts & { left: number; count: number }>(
    (a) =>
      `the last ${a.left} nodes of '${a.file}' are left out, as ${nodeText(a)} cannot be expressed: ${a.reason}; ${a.count === 1 ? 'the tensor that they read is the output' : `the ${a.count} tensors that they read are the outputs`}`,
    `With \`--cut\`, \`enetc import\` leaves out what the language cannot express, with all that depends on it. The outputs are the last tensors before that, in the order of the file. The message names the first node that was left out: if it is not the beginning of the post-processing, export the network without that operator.`,
  ),
  'import-outputs': error<{ file: string; name: string; similar: string }>(
    ({ file, name, similar }) => `'${file}' has no tensor or node '${name}'${similar}`,
    `\`enetc import --outputs\` takes names of tensors or nodes of the file, as Netron shows them, separated by commas.`,
  ),
  'import-limits': error<{ file: string; reason: string }>(
    (a) => `'${a.file}' cannot be imported: its network cannot be built from a spec: ${a.reason}`,
    `The language has [limits](language.md#limits) far above the size of any real network. A file that exceeds them is damaged or malicious.`,
  ),
  'import-family': info<{ file: string; call: string; folded: boolean }>(
    (a) =>
      `'${a.file}' is a library model: ${a.call}${a.folded ? "; the file's batch norms are folded into convolutions, so those of the spec only add the convolutions' biases" : ''}`,
    `A network that equals a member of a library family, node by node, is written as that member. Exporters fold batch norms into the preceding convolutions; the spec has both, so that it can be trained further. Its norms then have mean 0, variance 1 and the weight \`sqrt(1 + epsilon)\`.`,
  ),
  'import-flat': info<{ file: string; reason: string }>(
    ({ file, reason }) => `'${file}' is written step by step, without blocks and tables: ${reason}`,
    "`import` looks for repeated parts of a network, to write them as blocks and their uses as tables. If it finds none, or if the text with blocks would build another network, each step gets its own line. Either way the network is the file's. Blocks that read two values are not recognised.",
  ),
  'import-strings': info<{ file: string; stem: number; head: number; act: string }>(
    (a) =>
      `the block strings of '${a.file}' describe only the blocks: the spec has EfficientNet's stem of ${a.stem} filters, head of ${a.head} and ${a.act}`,
    `timm and the TPU reference code describe the blocks of a network as strings (\`ir_r2_k3_s2_e6_c24_se0.25\`), but the stem, head, activation and padding in code. Change these in the spec if the network has others. The squeeze-and-excitation ratio refers to the block's input channels, as in EfficientNet; in MobileNetV3 it refers to the expanded channels.`,
  ),
  'import-copied': info<{ file: string; count: number; node: string }>(
    (a) =>
      `several nodes share weights in '${a.file}' (${a.count} tensors, '${a.node}' and others); in the spec each node has its own copy`,
    `An imported spec contains every node separately. To train such steps with shared weights, give them one label and \`share\`: see [shared steps](language.md#shared-steps).`,
  ),
};
