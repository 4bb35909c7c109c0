import { error, warning } from './entry.ts';

/** Networks that cannot be trained. */
export const trainingDiagnostics = {
  'no-classifier': error<{ inputs: number; outputs: number }>(
    (a) =>
      `training takes a network with one image as its input and one output of class scores, [classes] or [classes, 1, 1]; this one has ${a.inputs} ${a.inputs === 1 ? 'input' : 'inputs'} and ${a.outputs} such ${a.outputs === 1 ? 'output' : 'outputs'}`,
    `\`enetc train\` trains classifiers: the input is \`[channels, height, width]\`, and exactly one output has one number per class: a vector, as from \`Linear\`, or, if no output is a vector, \`[classes, 1, 1]\`, as from \`GlobalAvgPool\` after a convolution. To train a backbone, use it in a model that ends in such an output.`,
  ),
  'torch-train-form': error<{ model: string }>(
    (a) =>
      `train.py supports pictures of 1 or 3 channels and a single output, unlike '${a.model}'; compile it without --train-script`,
    `\`enetc compile --target pytorch --train-script\` writes a script that reads pictures from files, gray or in colour, and computes its loss from the network's only output (plus auxiliary outputs). \`--outputs\` chooses one; \`model.py\` alone has no such limits.`,
  ),
  'auxiliary-classes': error<{ name: string; shape: string; classes: number }>(
    (a) => `the auxiliary output '${a.name}' is [${a.shape}], but the network has ${a.classes} classes`,
    `An auxiliary output has its own cross-entropy with the targets, so it has one score per class, like the network's own output: \`aux1: stages.4 -> GlobalAvgPool -> fc: Linear(classes)\`.`,
  ),
  'softmax-trained': warning<{ name: string }>(
    (a) => `the output '${a.name}' is a softmax, and the loss applies another one`,
    `The loss expects scores and applies softmax itself. Training on probabilities instead is slow and gives a worse network. Return the scores, and apply softmax where probabilities are needed.`,
  ),
  'checkpoint-memory': error<{ limit: string; batch: number; least: string }>(
    (a) =>
      `a step of ${a.batch} ${a.batch === 1 ? 'image' : 'images'} needs at least ${a.least}, more than the ${a.limit} of --checkpoint`,
    `\`--checkpoint 2GB\` recomputes values of the forward pass in the backward pass, as few as keep a step within that memory, which holds variables (weights, the optimiser's, averages) and the values alive at once. Even with everything recomputed, this step needs more. Use smaller batches (\`--batch 8 --accumulate 4\`), a lower resolution, or a larger limit.`,
  ),
  'nothing-trains': error<Record<never, never>>(
    () => 'the network has no tensor to train: all are frozen, or it has none',
    `\`--freeze\` names sections and rows whose weights do not change. Leave out at least one part of the network, usually the last: \`--freeze stem,stages.0-4\`.`,
  ),
};
