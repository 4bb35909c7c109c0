import type { Command } from './command.ts';
import { force, json, quiet } from './options.ts';

/** `enetc import`: networks of other programs. */
export const importDeclaration: Command = {
  name: 'import',
  summary: 'a spec and its weights from a network that another program wrote',
  operands: '<file>',
  maxOperands: 1,
  completes: 'path',
  details:
    'Reads an ONNX file, a Keras model (.h5, .keras) or a TensorFlow.js model (its folder), and writes a spec, and its weights next to it as safetensors under the names of the spec. What occurs several times becomes a block, and its uses a table. The spec is compiled and compared with the file node by node. Files of weights alone (.pth, .safetensors) are read where they are of a member of the library, by the names of timm, torchvision and others; block strings of timm or the TPU code (.txt) make a spec without weights. What the language cannot state is an error that names the node. summary, diff, graph and explain read such files as well.',
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      description: 'the spec to write; by default that of the same name here, with .enet',
      completes: 'file',
    },
    {
      name: 'resolution',
      value: 'N',
      kind: 'size',
      description: 'height and width of images, where the file leaves them open: 224, or 224x320',
    },
    {
      name: 'convention',
      value: 'NAME',
      kind: 'convention',
      choices: ['tf', 'torch'],
      description: "of weights alone whose names both conventions have, as timm's of EfficientNet",
    },
    { ...force, description: 'overwrite files' },
    json,
    quiet,
  ],
  examples: [
    ['enetc import resnet18.onnx', 'resnet18.enet and resnet18.safetensors'],
    ['enetc import exported/net.onnx -o nets/net.enet', 'a spec and its weights in another folder'],
    ['enetc import model.keras', 'a Keras model'],
    ['enetc import efficientnet_b0.pth --convention torch', "timm's weights of a model of the library"],
  ],
  load: async () => (await import('./commands/import.ts')).importCommand,
};
