import { nounFor } from '../noun-for.ts';
import { error, warning } from './entry.ts';

/** Errors in choosing a point of the family. */
export const scaleDiagnostics = {
  'phi-unset': error<object>(
    () => "'phi' has no value: the variant's row does not set it",
    `In a model, \`phi\` is the number asked for, or that of the variant's row; without either it is 0. A variant whose row sets no phi has none: set it there, or use a parameter with its own column instead.`,
  ),
  'unknown-variant': error<{ name: string; model: string; names: string; hint: string }>(
    (a) => `'${a.model}' has no variant '${a.name}' (it has ${a.names || 'none'})${a.hint}`,
    `Variants are the rows of the model's \`variants\` table, by their \`name\`. \`enetc list\` shows them.`,
  ),
  'no-phi': error<{ model: string; phi: number; names: string }>(
    (a) =>
      `'${a.model}' defines nothing at phi ${a.phi}: it has no variant with this phi and no formula${a.names ? `; its variants are ${a.names}` : ''}`,
    `\`--phi\` needs a formula, \`scaling phi { d = 1.2 ^ phi ... }\`, or a column \`phi\` in \`variants\`. Otherwise choose with \`--variant\`, \`--d\`, \`--w\` and \`--r\`.`,
  ),
  'no-published-row': error<{ model: string; phi: number }>(
    (a) => `'${a.model}' publishes no variant for phi ${a.phi}`,
    `\`--published\` requires a row of \`variants\` with this phi.`,
  ),
  'no-formula': error<{ model: string }>(
    (a) => `'${a.model}' has no formula over phi`,
    `\`--formula\` requires a model with \`scaling phi { d = ... w = ... r = ... }\`.`,
  ),
  'bad-factor': error<{ name: string; value: number; why: string }>(
    (a) => `${a.name} is ${a.value}: ${a.why}`,
    `Depth, width and resolution factors are finite numbers above 0; phi is any finite number, and a negative one makes the network smaller than the base.`,
  ),
  'scaling-circle': error<{ factor: string; name: string }>(
    (a) => `'${a.factor}' cannot depend on '${a.name}', which is itself scaled`,
    `A factor may be computed from the model's parameters, but not from one whose value is, or depends on, \`d(n)\`, \`w(n)\` or \`r(n)\`.`,
  ),
  'phi-and-variant': error<object>(
    () => "choose a point by '--phi' or by '--variant', not by both",
    `A variant's row and a phi would both set d and w.`,
  ),
  'unused-override': error<{ option: string; why: string }>(
    (a) => `${a.option} changes nothing: ${a.why}`,
    `An override that nothing in the model reads is usually a mistake, so it is refused. \`enetc explain\` shows where each number of a model comes from.`,
  ),
  'unknown-override': error<{ option: string; name: string; model: string; hint: string }>(
    (a) => `${a.option}: '${a.model}' has no ${a.name.includes('.') ? 'cell' : 'parameter'} '${a.name}' here${a.hint}`,
    `\`--set name=value\` sets a parameter of the model, the shape of an input (\`--set image=[1,224,224]\`: channels, height, width), or a cell of a stage table: \`--set stages.2.kernel=5\` (section, row by name or number, column).`,
  ),
  'bad-override': error<{ option: string; why: string }>(
    (a) => `${a.option} has no valid value: ${a.why}`,
    `The value is written as in a spec: \`--set classes=10\`, \`--set layers=[2,2,2,2]\`, \`--set unit=BasicBlock\`.`,
  ),
  'override-conflict': error<{ option: string; why: string }>(
    (a) => `${a.option} cannot be applied: ${a.why}`,
    `\`--resolution 224x320\` sets the height and width of every input, so nothing else may depend on a single resolution. \`--set image=[1,224,320]\` sets the whole shape of the input \`image\`: channels, height and width.`,
  ),
  'normalisation-averaged': warning<{ input: string; channels: number; given: number }>(
    (a) =>
      `'${a.input}' has ${a.channels} ${nounFor(a.channels, 'channel')}, but the model's mean and std are for ${a.given}: every channel uses their average`,
    `The input's shape was set on the command line, but the model has means and deviations for another number of channels. To use your own, write the spec to a file (\`enetc init my.enet --from ...\`) and change \`mean\` and \`std\` there.`,
  ),
  'normalisation-channels': error<{ option: string; input: string; channels: number; given: number }>(
    (a) =>
      `${a.option} has ${a.given} numbers, but '${a.input}' has ${a.channels} ${nounFor(a.channels, 'channel')}: give one number per channel, or one for all`,
    `\`--mean\` and \`--std\` normalise each channel of the picture, red, green and blue in this order: \`--mean 0.485,0.456,0.406\`. Pixels are between 0 and 1.`,
  ),
  'not-a-choice': error<{ name: string; value: string; options: string }>(
    (a) => `--set ${a.name}: ${a.value} is not one of its choices: ${a.options}`,
    `A choice cell lists its permitted values.`,
  ),
} as const;
