import type { Command } from './command.ts';
import { option } from './option.ts';
import { force, json, quiet } from './options.ts';

/** `enetc import`: networks of other programs. */
export const importDeclaration: Command = {
  name: 'import',
  summary: "write a spec and its weights from another program's network",
  operands: '<file>',
  maxOperands: 1,
  completes: 'path',
  details:
    "Reads an ONNX file, a Keras model (.h5, .keras) or a TensorFlow.js model (its folder), and writes a spec and, next to it, its weights as safetensors under the spec's names. Repeated parts become blocks, and their uses tables. The spec is compiled and compared with the file node by node. Files with only weights (.pth, .safetensors) are accepted if they are for a library model, under the names of timm, torchvision and others; block strings of timm or the TPU code (.txt) become a spec without weights. A node that the language cannot express is an error. summary, diff, graph and explain read such files as well.",
  options: [
    option(
      'output FILE',
      'the spec to write; by default one with the same name in the current folder, ending in .enet',
      { short: 'o', completes: 'file' },
    ),
    option('resolution N', 'height and width of images, if the file leaves them open: 224, or 224x320', {
      kind: 'size',
    }),
    option(
      'outputs NAMES',
      "outputs instead of the file's own, separated by commas: tensors or nodes by the names that the file gives them; what follows is left out",
    ),
    option(
      'cut',
      'leave out nodes that the language cannot express and all that depends on them, such as the selection of boxes in a detector; the last tensors before them become outputs',
    ),
    option('convention NAME', "for weights whose names both conventions share, such as timm's EfficientNet", {
      kind: 'convention',
      choices: ['tf', 'torch'],
    }),
    { ...force, description: 'overwrite files' },
    json,
    quiet,
  ],
  examples: [
    ['enetc import resnet18.onnx', 'resnet18.enet and resnet18.safetensors'],
    ['enetc import exported/net.onnx -o nets/net.enet', 'a spec and its weights in another folder'],
    ['enetc import model.keras', 'a Keras model'],
    ['enetc import efficientnet_b0.pth --convention torch', "timm's weights for a library model"],
  ],
  load: async () => (await import('./commands/import.ts')).importCommand,
};
