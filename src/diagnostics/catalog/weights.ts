import { error, info, warning } from './entry.ts';

/** What is wrong with a file of weights, or does not fit between it and a model. */
export const weightDiagnostics = {
  'unknown-weight-map': error<{ name: string; names: string; hint: string }>(
    (a) => `the model's weight map has no column '${a.name}'${a.hint}; it has ${a.names}`,
    `A weight map is a table: \`| path | timm | torchvision |\`. Each column after the first is one way of naming the tensors of a checkpoint. Without \`--weights-map\` the column that fits the file's names best is taken.`,
  ),
  'checkpoint-header': error<{ file: string; reason: string }>(
    (a) => `'${a.file}' is not a sound safetensors file: ${a.reason}`,
    `A safetensors file starts with the length of its header (8 bytes), then the header (JSON), then the tensors' data, which must cover the rest of the file without gap or overlap. A file that breaks these rules was cut off on its way, or made to deceive; fetch it again, or save it again with the library \`safetensors\`.`,
  ),
  'checkpoint-format': error<{ file: string; what: string; advice: string }>(
    (a) => `'${a.file}' is ${a.what}, which is not read: ${a.advice}`,
    `Weights are read from safetensors files, PyTorch checkpoints, ONNX models, files of Keras, TensorFlow checkpoints, TensorFlow Lite models and TensorFlow.js models. Files of all formats are known by their first bytes, whatever their names say.`,
  ),
  'checkpoint-unreadable': error<{ file: string; what: string; reason: string }>(
    (a) => `'${a.file}' is ${a.what} that cannot be read: ${a.reason}`,
    `A checkpoint is read without executing anything of it. Of the pickle in a PyTorch checkpoint only what tensors consist of is read; any other name of Python is refused. A file that holds a whole model, or objects of a training program, is saved again in Python: \`torch.save(model.state_dict(), 'weights.pt')\`.`,
  ),
  'checkpoint-dictionary': info<{ file: string; key: string; kind: string; instead: string }>(
    (a) => `the ${a.kind} are read that '${a.file}' has under '${a.key}'${a.instead}`,
    `A training program saves weights in a dictionary next to others: \`state_dict\`, \`model\`, and averages of the weights, which mostly classify better, as \`state_dict_ema\`, \`model_ema\`. Averages are taken where there are any, as timm does. \`--weights-key\` chooses another.`,
  ),
  'checkpoint-key': error<{ file: string; what: string; key: string }>(
    (a) => `'${a.file}' is ${a.what}, which has no dictionaries to choose '${a.key}' from`,
    `\`--weights-key\` takes one of the dictionaries of tensors that a PyTorch checkpoint may have, or the variables (\`raw\`) or averages of a TensorFlow checkpoint. Files of other formats have one list of tensors.`,
  ),
  'checkpoint-dense-order': warning<{ file: string; tensor: string; why: string }>(
    (a) =>
      `'${a.file}' ${a.why}: if '${a.tensor}' reads a flattened map, its order is not known, and it is read as if the map had one pixel`,
    `TensorFlow flattens a map pixel by pixel, a \`Linear\` reads it channel by channel. A Keras file of a whole model (\`model.save('x.keras')\`) has the layers, from which the order follows; \`model.save_weights\` and TensorFlow's checkpoints leave them out. After a global pool nothing changes.`,
  ),
  'checkpoint-tensor': error<{ file: string; tensor: string; reason: string }>(
    (a) => `the entry of '${a.tensor}' in '${a.file}' is wrong: ${a.reason}`,
    `Each tensor of a safetensors file has a type, a shape, and the place of its data, and the three must agree with each other and with the file's length.`,
  ),
  'model-folder': error<{ folder: string; reason: string }>(
    (a) => `the weights of the model in '${a.folder}' cannot be read: ${a.reason}`,
    `A model of TensorFlow.js is a folder: model.json, which lists the weights, and the files that hold them. A layers model may be one that \`enetc compile --target tfjs\` wrote, or one that TensorFlow.js (\`model.save\`) or the converter of Keras models wrote of a network of the same layers; a graph model gives its constants under their names. Weights may be quantised to 8 or 16 bits, the files must lie in the folder, and where a dense layer reads a feature map the topology must tell in which order.`,
  ),
  'weight-map-pattern': error<{ path: string; pattern: string }>(
    (a) =>
      `'${a.path}' and '${a.pattern}' are not a row of a weight map: names have dots between words and at most one star in a word, and joined parts share the text up to their last star`,
    `A row of a weight map names a module of the model and a module of the checkpoint: \`stages.*.*.expand.conv\` and \`blocks.*.*.conv_pw\`. A star stands for a word, or in quotes for a part of one: \`"layer*.*.conv1"\`.`,
  ),
  'weight-uneven': error<{ file: string; path: string; count: number; pattern: string; found: number }>(
    (a) =>
      `the model has ${a.count} of ${a.path ? `'${a.path}'` : 'a module'}, but '${a.file}' has ${a.found} of '${a.pattern}': is it another variant's?`,
    `The stars of a weight map pair by order, so that the n-th block of the model is the n-th of the checkpoint. Here their numbers differ and the tensors paired do not fit each other. Most often the checkpoint belongs to another variant (\`--variant\`, \`--phi\`).`,
  ),
  'weight-names-open': error<{ column: string; tensor: string }>(
    (a) =>
      `the weight map does not say what '${a.tensor}' is called in '${a.column}': name a file that has these names with --like`,
    `The stars of a weight map pair by order with the names that a file has. Without a file they are numbered as PyTorch numbers modules; where a block has rows with several names, or the other side numbers blocks within stages that the model has not, only a file tells. \`enetc weights convert\` takes one with \`--like\`.`,
  ),
  'weight-unmapped': error<{ file: string; tensor: string }>(
    (a) => `the weight map has no row for '${a.tensor}', so that '${a.file}' cannot give it`,
    `Every tensor of the model must be named by a row of the weight map. Add one, or allow the tensor to be initialised: \`--allow-missing NAME\`.`,
  ),
  'weight-missing': error<{ file: string; tensor: string; name: string; hint: string }>(
    (a) =>
      a.name === a.tensor
        ? `'${a.file}' has no '${a.name}'${a.hint}`
        : `'${a.file}' has no '${a.name}' for '${a.tensor}'${a.hint}`,
    `The model needs a tensor that the checkpoint lacks. Perhaps the checkpoint is another variant's, or uses other names (a weight map's column says which). \`--allow-missing 'classifier.*'\` initialises such tensors instead.`,
  ),
  'weight-shape': error<{
    file: string;
    tensor: string;
    shape: string;
    name: string;
    found?: string;
    classes?: number;
  }>(
    (a) =>
      a.found
        ? `'${a.tensor}' is ${a.shape}, but '${a.name}' in '${a.file}' is ${a.found}${a.classes === undefined ? '' : `; if it was trained for ${a.classes} classes, --set classes=${a.classes} builds the network for them, --allow-missing '${a.tensor.replace(/[^.]*$/, '*')}' initialises them instead`}`
        : `'${a.tensor}' is ${a.shape}, but the parts '${a.name}' in '${a.file}' cannot be joined`,
    `The tensor in the checkpoint has another shape than the model's. Axes of length 1 do not matter. A classifier for another number of classes is initialised instead with \`--allow-missing 'classifier.*'\`.`,
  ),
  'weight-input-channels': warning<{ file: string; tensor: string; from: number; channels: number }>(
    (a) =>
      `'${a.tensor}' in '${a.file}' is for images of ${a.from} ${a.from === 1 ? 'channel' : 'channels'}, the network takes ${a.channels}: its kernels are ${a.channels === 1 ? 'summed over the channels' : `repeated over the channels and scaled by ${a.from}/${a.channels}`}`,
    `Weights that were trained on images of another number of channels are made to fit, as timm does: for one channel the first kernels are summed, so that a gray image gives what it gives as three equal channels; for more they are repeated and scaled. \`--set 'image=[3, HEIGHT, WIDTH]'\` builds the network for the file's images, \`--allow-missing 'stem.conv.weight'\` initialises the kernels instead.`,
  ),
  'weight-dtype': error<{ file: string; tensor: string; name: string; dtype: string }>(
    (a) => `'${a.tensor}' needs floating-point numbers, but '${a.name}' in '${a.file}' is ${a.dtype}`,
    `Weights are read from F32, F16, BF16 and F64. Quantised checkpoints are not read.`,
  ),
  'checkpoint-prefix': info<{ file: string; prefix: string; all: boolean }>(
    (a) => `${a.all ? 'all names' : 'most names'} in '${a.file}' begin with '${a.prefix}': they are read without it`,
    `PyTorch's data parallel puts \`module.\` before every name, its compiler \`_orig_mod.\`, and a class that holds a network the name of its attribute: \`model.\`, \`backbone.\`. The names fit the model's or a weight map's without that prefix.`,
  ),
  'labels-of-imagenet': info<{ file: string; column: string }>(
    (a) => `the 1000 classes are called by ImageNet's names: '${a.file}' has ${a.column}'s names, and names no classes`,
    `The columns of the library's weight maps are those of published checkpoints, whose 1000 classes are those of ImageNet's challenge. \`--labels FILE\` gives others: one name a line, in the order of the network's scores.`,
  ),
  'weight-convention-taken': info<{ file: string; column: string; model: string; convention: string; instead: string }>(
    (a) =>
      `${a.model} is built with convention ${a.convention} instead of ${a.instead}: '${a.file}' has ${a.column}'s names, whose weights were trained under it`,
    `A weight map says of a column under which convention its weights were trained: their epsilon, padding rule and normalisation. Any other gives wrong outputs, so that the network follows its weights. \`--convention 'torch(epsilon: 1e-5)'\`, given in full, overrides it.`,
  ),
  'weight-convention': warning<{ file: string; column: string; model: string; convention: string; instead: string }>(
    (a) =>
      `${a.model} is built with convention ${a.instead}, but '${a.file}' has ${a.column}'s names, whose weights were trained under ${a.convention}; leave the convention open, or ask for ${a.convention}`,
    `Weights that were trained under another epsilon or padding rule give wrong outputs, and no tensor shows it. The weight map says what the weights of a column need. Where these are different weights with the same names, the warning does not concern them.`,
  ),
  'weight-convention-open': warning<{ file: string; column: string; model: string; options: string; instead: string }>(
    (a) =>
      `'${a.file}' has ${a.column}'s names, which weights of both conventions share: ask for convention ${a.options}; ${a.model} is built with ${a.instead}`,
    `timm's \`tf_efficientnet_b0\` (\`--convention tf\`) and \`efficientnet_b0\` (\`--convention torch\`) have the same names and shapes, but another epsilon and padding rule. Nothing in the file tells which it is; the wrong one gives wrong outputs.`,
  ),
  'weight-not-finite': error<{ file: string; tensor: string; count: number }>(
    (a) =>
      `${a.count} ${a.count === 1 ? 'value' : 'values'} of '${a.tensor}' in '${a.file}' ${a.count === 1 ? 'is' : 'are'} not finite: outputs that depend on ${a.count === 1 ? 'it' : 'them'} will not be numbers`,
    `The file has infinities among its weights, or values that are not numbers, mostly because training diverged. Take an earlier checkpoint, or \`--allow-unsound\` to take it nevertheless.`,
  ),
  'weight-negative-variance': error<{ file: string; tensor: string; count: number; epsilon: number }>(
    (a) =>
      `${a.count} ${a.count === 1 ? 'value' : 'values'} of '${a.tensor}' in '${a.file}' ${a.count === 1 ? 'is' : 'are'} below -epsilon (-${a.epsilon}): the outputs will not be numbers`,
    `Batch normalisation divides by the square root of the variance plus epsilon, which is not a number here. A variance is never below 0 but by rounding; the file is damaged, or the tensor is another one. \`--allow-unsound\` takes it nevertheless.`,
  ),
  'weight-surplus': warning<{ file: string; name: string; hint: string }>(
    (a) => `no tensor of the model takes '${a.name}' of '${a.file}'${a.hint}`,
    `The checkpoint has a tensor that the model has no use for: an auxiliary head, say, or the head of a network of which the model takes the trunk.`,
  ),
  'weight-more': info<{ count: number; what: string }>(
    (a) => `and ${a.count} more ${a.count === 1 ? 'tensor is' : 'tensors are'} ${a.what}`,
    `Only the first tensors of a kind are named; most often they have one cause.`,
  ),
  'weight-initialised': info<{ names: string }>(
    (a) => `initialised from the seed, as allowed: ${a.names}`,
    `\`--allow-missing\` lets these tensors be absent from the checkpoint, or have another shape there.`,
  ),
  'allow-missing-unmatched': error<{ pattern: string }>(
    (a) => `no tensor of the model matches '${a.pattern}', which may be missing`,
    `\`--allow-missing\` names tensors of the model by their paths; a star stands for any text: \`classifier.*\`.`,
  ),
};
