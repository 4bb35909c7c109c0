import { error, warning } from './entry.ts';

/** What cannot be trained. */
export const trainingDiagnostics = {
  'no-classifier': error<{ inputs: number; outputs: number }>(
    (a) =>
      `training takes a network with one image as its input and one output of class scores, [classes] or [classes, 1, 1]; this one has ${a.inputs} ${a.inputs === 1 ? 'input' : 'inputs'} and ${a.outputs} such ${a.outputs === 1 ? 'output' : 'outputs'}`,
    `\`enetc train\` trains classifiers: the input is \`[channels, height, width]\`, and exactly one of the outputs has one number per class: a vector, as \`Linear\` gives it, or if there is no vector, \`[classes, 1, 1]\`, as \`GlobalAvgPool\` gives it of a convolution's scores. A backbone trains inside a model that ends in one.`,
  ),
  'torch-train-form': error<{ model: string }>(
    (a) =>
      `train.py trains on pictures of 1 or 3 channels and knows one output: '${a.model}' has others; compile it without --train-script`,
    `\`enetc compile --target pytorch --train-script\` writes a script that reads pictures from files, gray or in colour, and whose loss is that of the network's only output (auxiliary outputs count besides). \`--outputs\` chooses one; \`model.py\` alone has no such limits.`,
  ),
  'auxiliary-classes': error<{ name: string; shape: string; classes: number }>(
    (a) => `the auxiliary output '${a.name}' is [${a.shape}], but the network distinguishes ${a.classes} classes`,
    `An auxiliary output has its own cross-entropy with the targets, so it gives one score per class, like the network's own output: \`aux1: stages.4 -> GlobalAvgPool -> fc: Linear(classes)\`.`,
  ),
  'softmax-trained': warning<{ name: string }>(
    (a) => `the output '${a.name}' is a softmax, and the loss applies another to it`,
    `The loss reads scores, and makes shares of them by a softmax of its own. Shares in their place train slowly and to a worse network. Give the scores as the output, and apply softmax to them where shares are wanted.`,
  ),
  'checkpoint-memory': error<{ limit: string; batch: number; least: string }>(
    (a) =>
      `a step of ${a.batch} ${a.batch === 1 ? 'image' : 'images'} needs ${a.least} at least, more than the ${a.limit} of --checkpoint`,
    `\`--checkpoint 2GB\` makes values of the forward half again in the backward half, as few as let a step keep within that memory: variables (weights, the optimiser's, averages) and the values that are alive at once. With all that can be made again, this step still needs more. Take smaller batches (\`--batch 8 --accumulate 4\`), a smaller resolution, or a larger limit.`,
  ),
  'nothing-trains': error<Record<never, never>>(
    () => 'no tensor of the network trains: all are frozen, or it has none',
    `\`--freeze\` names sections and rows whose weights stay as they are. Leave at least one part of the network out of it, usually the last: \`--freeze stem,stages.0-4\`.`,
  ),
};
