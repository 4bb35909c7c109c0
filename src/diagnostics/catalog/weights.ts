import { nounFor } from '../noun-for.ts';
import { error, info, warning } from './entry.ts';

/** Errors in a weight file, or in fitting it to a model. */
export const weightDiagnostics = {
  'unknown-weight-map': error<{ name: string; names: string; hint: string }>(
    (a) => `the model's weight map has no column '${a.name}'${a.hint}; it has ${a.names}`,
    `A weight map is a table: \`| path | timm | torchvision |\`. Each column after the first is one way of naming the tensors of a checkpoint. Without \`--weights-map\`, the column that best fits the file's names is used.`,
  ),
  'checkpoint-header': error<{ file: string; reason: string }>(
    (a) => `'${a.file}' is not a valid safetensors file: ${a.reason}`,
    `A safetensors file starts with the length of its header (8 bytes), then the header (JSON), then the tensors' data, which must cover the rest of the file without gap or overlap. A file that breaks these rules is truncated or malicious; download it again, or save it again with the \`safetensors\` library.`,
  ),
  'checkpoint-format': error<{ file: string; what: string; advice: string }>(
    (a) => `'${a.file}' cannot be read: it is ${a.what}; ${a.advice}`,
    `Weights are read from safetensors files, PyTorch checkpoints, ONNX models, Keras files, TensorFlow checkpoints, TensorFlow Lite models and TensorFlow.js models. The format is detected from the first bytes, not from the file's name.`,
  ),
  'checkpoint-unreadable': error<{ file: string; what: string; reason: string }>(
    (a) => `'${a.file}' is ${a.what} that cannot be read: ${a.reason}`,
    `Reading a checkpoint executes nothing in it. Of the pickle in a PyTorch checkpoint, only the parts of tensors are accepted; any other Python name is refused. If the file holds a whole model, or objects of a training program, save the weights in Python: \`torch.save(model.state_dict(), 'weights.pt')\`.`,
  ),
  'checkpoint-dictionary': info<{ file: string; key: string; kind: string; instead: string }>(
    (a) => `reading the ${a.kind} under '${a.key}' in '${a.file}'${a.instead}`,
    `Training programs save several dictionaries: the weights as \`state_dict\` or \`model\`, and averages of the weights, which usually classify better, as \`state_dict_ema\` or \`model_ema\`. Averages are preferred, as in timm. \`--weights-key\` chooses another.`,
  ),
  'checkpoint-key': error<{ file: string; what: string; key: string }>(
    (a) => `'${a.file}' is ${a.what}, which has no dictionaries to choose '${a.key}' from`,
    `\`--weights-key\` chooses one of the dictionaries of tensors in a PyTorch checkpoint, or the variables (\`raw\`) or averages of a TensorFlow checkpoint. Files of other formats have one list of tensors.`,
  ),
  'checkpoint-dense-order': warning<{ file: string; tensor: string; why: string }>(
    (a) =>
      `'${a.file}' ${a.why}: if '${a.tensor}' reads a flattened map, its order is unknown; it is read as if the map had one pixel`,
    `TensorFlow flattens a map pixel by pixel, but \`Linear\` reads it channel by channel. A Keras file of a whole model (\`model.save('x.keras')\`) contains the layers, from which the order follows; \`model.save_weights\` and TensorFlow's checkpoints leave them out. After a global pool the order makes no difference.`,
  ),
  'checkpoint-tensor': error<{ file: string; tensor: string; reason: string }>(
    (a) => `the entry for '${a.tensor}' in '${a.file}' is wrong: ${a.reason}`,
    `Each tensor in a safetensors file has a type, a shape and a data range, which must be consistent with each other and with the file's length.`,
  ),
  'model-folder': error<{ folder: string; reason: string }>(
    (a) => `the weights of the model in '${a.folder}' cannot be read: ${a.reason}`,
    `A TensorFlow.js model is a folder: model.json, which lists the weights, and the files that hold them. A layers model may come from \`enetc compile --target tfjs\`, or, for a network of the same layers, from TensorFlow.js (\`model.save\`) or the converter for Keras models; a graph model provides its constants under their names. Weights may be quantised to 8 or 16 bits, their files must be in the folder, and where a dense layer reads a feature map, the topology must show in which order.`,
  ),
  'weight-map-pattern': error<{ path: string; pattern: string }>(
    (a) =>
      `'${a.path}' and '${a.pattern}' are not a row of a weight map: names have dots between words and at most one star in a word, and joined parts share the text up to their last star`,
    `A row of a weight map names a module of the model and one of the checkpoint: \`stages.*.*.expand.conv\` and \`blocks.*.*.conv_pw\`. A star stands for a word, or, in quotes, for part of one: \`"layer*.*.conv1"\`.`,
  ),
  'weight-uneven': error<{ file: string; path: string; count: number; pattern: string; found: number }>(
    (a) =>
      `the model has ${a.count} of ${a.path ? `'${a.path}'` : 'a module'}, but '${a.file}' has ${a.found === 0 ? `none of '${a.pattern}': if its names are others, --map FILE states them` : `${a.found} of '${a.pattern}': is it for another variant?`}`,
    `The stars of a weight map match in order: the n-th block of the model is the n-th of the checkpoint. Here their numbers differ and the matched tensors do not fit. Usually the checkpoint is for another variant (\`--variant\`, \`--phi\`).`,
  ),
  'weight-names-open': error<{ column: string; tensor: string }>(
    (a) =>
      `the weight map does not define the name of '${a.tensor}' in '${a.column}': give a file with these names to --like`,
    `The stars of a weight map match the names in a file in order. Without a file they are numbered as PyTorch numbers modules; if rows map a block to several names, or the other side numbers blocks within stages that the model does not have, a file is needed. \`enetc weights convert --like FILE\` takes one.`,
  ),
  'weight-unmapped': error<{ file: string; tensor: string }>(
    (a) => `the weight map has no row for '${a.tensor}', so it cannot be read from '${a.file}'`,
    `The weight map must have a row for every tensor of the model. Add one, or allow the tensor to be initialised: \`--allow-missing NAME\`.`,
  ),
  'weight-missing': error<{ file: string; tensor: string; name: string; hint: string }>(
    (a) =>
      a.name === a.tensor
        ? `'${a.file}' has no '${a.name}'${a.hint}`
        : `'${a.file}' has no '${a.name}' for '${a.tensor}'${a.hint}`,
    `The model needs a tensor that the checkpoint lacks. Perhaps the checkpoint is for another variant, or uses other names (those of another column of the weight map). \`--allow-missing 'classifier.*'\` initialises such tensors instead.`,
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
        ? `'${a.tensor}' is ${a.shape}, but '${a.name}' in '${a.file}' is ${a.found}${a.classes === undefined ? '' : `; if it was trained for ${a.classes} ${nounFor(a.classes, 'class', 'classes')}, --set classes=${a.classes} builds the network for them, --allow-missing '${a.tensor.replace(/[^.]*$/, '*')}' initialises them instead`}`
        : `'${a.tensor}' is ${a.shape}, but the parts '${a.name}' in '${a.file}' cannot be joined`,
    `The tensor in the checkpoint has a different shape from the model's. Axes of length 1 do not matter. A classifier for another number of classes is initialised instead with \`--allow-missing 'classifier.*'\`.`,
  ),
  'weight-input-channels': warning<{ file: string; tensor: string; from: number; channels: number }>(
    (a) =>
      `'${a.tensor}' in '${a.file}' is for images of ${a.from} ${a.from === 1 ? 'channel' : 'channels'}, the network takes ${a.channels}: its kernels are ${a.channels === 1 ? 'summed over the channels' : `repeated over the channels and scaled by ${a.from}/${a.channels}`}`,
    `Weights trained on images with another number of channels are adapted as in timm: for one channel the first kernels are summed, so that a gray image gives the same result as three equal channels; for more channels they are repeated and scaled. \`--set 'image=[3, HEIGHT, WIDTH]'\` builds the network for the file's images, \`--allow-missing 'stem.conv.weight'\` initialises the kernels instead.`,
  ),
  'weight-dtype': error<{ file: string; tensor: string; name: string; dtype: string }>(
    (a) => `'${a.tensor}' needs floating-point numbers, but '${a.name}' in '${a.file}' is ${a.dtype}`,
    `Weights may be F32, F16, BF16 or F64. Quantised checkpoints are not supported.`,
  ),
  'checkpoint-prefix': info<{ file: string; prefix: string; all: boolean }>(
    (a) => `${a.all ? 'all names' : 'most names'} in '${a.file}' begin with '${a.prefix}': they are read without it`,
    `PyTorch's data parallel puts \`module.\` before every name, its compiler \`_orig_mod.\`, and a class that wraps a network the name of its attribute: \`model.\`, \`backbone.\`. Without that prefix the names fit the model or a weight map.`,
  ),
  'labels-of-imagenet': info<{ file: string; column: string }>(
    (a) =>
      `the 1000 classes get ImageNet's names: '${a.file}' uses ${a.column}'s tensor names and does not name its classes`,
    `The columns of the library's weight maps are those of published checkpoints, whose 1000 classes are those of ImageNet's challenge. \`--labels FILE\` sets others: one name per line, in the order of the network's scores.`,
  ),
  'weight-convention-taken': info<{ file: string; column: string; model: string; convention: string; instead: string }>(
    (a) =>
      `${a.model} is built with convention ${a.convention} instead of ${a.instead}: '${a.file}' uses ${a.column}'s names, whose weights were trained under it`,
    `A weight map records the convention that a column's weights were trained under: epsilon, padding rule and normalisation. Any other gives wrong outputs, so the network follows its weights. A full \`--convention 'torch(epsilon: 1e-5)'\` overrides it.`,
  ),
  'weight-convention': warning<{ file: string; column: string; model: string; convention: string; instead: string }>(
    (a) =>
      `${a.model} is built with convention ${a.instead}, but '${a.file}' uses ${a.column}'s names, whose weights were trained under ${a.convention}; omit the convention, or ask for ${a.convention}`,
    `Weights trained under another epsilon or padding rule give wrong outputs, and no tensor shows it. The weight map records what a column's weights need. If these are different weights with the same names, ignore the warning.`,
  ),
  'weight-convention-open': warning<{ file: string; column: string; model: string; options: string; instead: string }>(
    (a) =>
      `'${a.file}' uses ${a.column}'s names, which weights of both conventions share: ask for convention ${a.options}; ${a.model} is built with ${a.instead}`,
    `timm's \`tf_efficientnet_b0\` (\`--convention tf\`) and \`efficientnet_b0\` (\`--convention torch\`) have the same names and shapes, but different epsilons and padding rules. Nothing in the file shows which it is, and the wrong one gives wrong outputs.`,
  ),
  'weight-not-finite': error<{ file: string; tensor: string; count: number }>(
    (a) =>
      `${a.count} ${a.count === 1 ? 'value' : 'values'} of '${a.tensor}' in '${a.file}' ${a.count === 1 ? 'is' : 'are'} not finite: outputs that depend on ${a.count === 1 ? 'it' : 'them'} will not be numbers`,
    `The file's weights contain infinities or values that are not numbers, usually because training diverged. Use an earlier checkpoint, or \`--allow-unsound\` to accept this one.`,
  ),
  'weight-negative-variance': error<{ file: string; tensor: string; count: number; epsilon: number }>(
    (a) =>
      `${a.count} ${a.count === 1 ? 'value' : 'values'} of '${a.tensor}' in '${a.file}' ${a.count === 1 ? 'is' : 'are'} below -epsilon (-${a.epsilon}): the outputs will not be numbers`,
    `Batch normalisation divides by the square root of the variance plus epsilon, which is not a number here. A variance is below 0 only by rounding; the file is damaged, or the tensor is not a variance. \`--allow-unsound\` accepts it.`,
  ),
  'weight-surplus': warning<{ file: string; name: string; hint: string }>(
    (a) => `no tensor of the model takes '${a.name}' of '${a.file}'${a.hint}`,
    `The checkpoint has a tensor that the model does not use, such as an auxiliary head, or the head of a network whose trunk the model uses.`,
  ),
  'weight-more': info<{ count: number; what: string }>(
    (a) => `and ${a.count} more ${a.count === 1 ? 'tensor is' : 'tensors are'} ${a.what}`,
    `Only the first tensors of a kind are listed; usually they have one cause.`,
  ),
  'weight-other-point': info<{ file: string; model: string; points: string }>(
    (a) =>
      a.points === ''
        ? `no variant of ${a.model} has the tensors of '${a.file}': --w, --d or --set may state another width or depth, and 'enetc import' looks for its network in the whole library`
        : `'${a.file}' has the tensors of another ${a.model}: ${a.points} builds it`,
    `The shapes of the checkpoint's tensors are those of another member of the family: a variant, or the same at another width.`,
  ),
  'weight-initialised': info<{ names: string }>(
    (a) => `initialised from the seed, as allowed: ${a.names}`,
    `\`--allow-missing\` permits these tensors to be absent from the checkpoint, or to have another shape there.`,
  ),
  'allow-missing-unmatched': error<{ pattern: string }>(
    (a) => `no tensor of the model matches '${a.pattern}', which is allowed to be missing`,
    `\`--allow-missing\` names tensors of the model by their paths; a star stands for any text: \`classifier.*\`.`,
  ),
};
