import { error } from './entry.ts';

/** What cannot be trained. */
export const trainingDiagnostics = {
  'no-classifier': error<{ inputs: number; outputs: number }>(
    (a) =>
      `training takes a network with one image as its input and one vector of logits as an output; this one has ${a.inputs} ${a.inputs === 1 ? 'input' : 'inputs'} and ${a.outputs} such ${a.outputs === 1 ? 'output' : 'outputs'}`,
    `\`enetc train\` trains classifiers: the input is \`[channels, height, width]\`, and exactly one of the outputs is a vector with one number per class, as \`Linear\` gives it. A backbone trains inside a model that ends in one.`,
  ),
  'nothing-trains': error<Record<never, never>>(
    () => 'no tensor of the network trains: all are frozen, or it has none',
    `\`--freeze\` names sections and rows whose weights stay as they are. Leave at least one part of the network out of it, usually the last: \`--freeze stem,stages.0-4\`.`,
  ),
};
