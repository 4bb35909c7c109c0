import { nounFor } from '../noun-for.ts';
import { error, warning } from './entry.ts';

/** What choosing a point of the family can have wrong. */
export const scaleDiagnostics = {
  'phi-unset': error<object>(
    () => "'phi' has no value: the variant's row gives none",
    `In a model \`phi\` is the number that was asked for, or that of the variant's row; without either it is 0. A row without a phi is a member of the family that lies at none: give it one, or a parameter with a column of its own.`,
  ),
  'unknown-variant': error<{ name: string; model: string; names: string; hint: string }>(
    (a) => `'${a.model}' has no variant '${a.name}' (it has ${a.names || 'none'})${a.hint}`,
    `Variants are the rows of the model's \`variants\` table, by their \`name\`. \`enetc list\` shows them.`,
  ),
  'no-phi': error<{ model: string; phi: number; names: string }>(
    (a) =>
      `'${a.model}' has nothing for phi ${a.phi}: no variant names it, and no formula gives one${a.names ? `; its variants are ${a.names}` : ''}`,
    `\`--phi\` needs a formula, \`scaling phi { d = 1.2 ^ phi ... }\`, or a column \`phi\` in \`variants\`. Otherwise choose with \`--variant\`, \`--d\`, \`--w\` and \`--r\`.`,
  ),
  'no-published-row': error<{ model: string; phi: number }>(
    (a) => `'${a.model}' publishes no variant for phi ${a.phi}`,
    `With \`--published\` only a row of \`variants\` that names the phi will do.`,
  ),
  'no-formula': error<{ model: string }>(
    (a) => `'${a.model}' has no formula over phi`,
    `With \`--formula\` the model needs \`scaling phi { d = ... w = ... r = ... }\`.`,
  ),
  'bad-factor': error<{ name: string; value: number; why: string }>(
    (a) => `${a.name} is ${a.value}: ${a.why}`,
    `Depth, width and resolution factors are finite numbers above 0; phi is any finite number, a negative one gives a network smaller than the base.`,
  ),
  'scaling-circle': error<{ factor: string; name: string }>(
    (a) => `'${a.factor}' cannot follow from '${a.name}', which is itself scaled`,
    `A factor may be computed from the model's parameters, but not from one whose value is \`d(n)\`, \`w(n)\` or \`r(n)\`, or follows from such a one.`,
  ),
  'phi-and-variant': error<object>(
    () => "a point is chosen by '--phi' or by '--variant', not by both",
    `A variant's row and a phi would both say what d and w are.`,
  ),
  'unused-override': error<{ option: string; why: string }>(
    (a) => `${a.option} changes nothing: ${a.why}`,
    `An override that nothing in the model reads is a mistake more often than not, so it is refused. \`enetc explain\` shows what each number of a model comes from.`,
  ),
  'unknown-override': error<{ option: string; name: string; model: string; hint: string }>(
    (a) => `${a.option}: '${a.model}' has no ${a.name.includes('.') ? 'cell' : 'parameter'} '${a.name}' here${a.hint}`,
    `\`--set name=value\` sets a parameter of the model, the shape of an input (\`--set image=[1,224,224]\`: channels, height, width), or a cell of a stage table: \`--set stages.2.kernel=5\` (section, row by name or number, column).`,
  ),
  'bad-override': error<{ option: string; why: string }>(
    (a) => `${a.option} gives no value: ${a.why}`,
    `The value is written as in a spec: \`--set classes=10\`, \`--set layers=[2,2,2,2]\`, \`--set unit=BasicBlock\`.`,
  ),
  'override-conflict': error<{ option: string; why: string }>(
    (a) => `${a.option} cannot be applied: ${a.why}`,
    `\`--resolution 224x320\` gives height and width to every input, so nothing else may depend on one resolution. \`--set image=[1,224,320]\` sets the whole shape of the input \`image\`: channels, height and width.`,
  ),
  'normalisation-averaged': warning<{ input: string; channels: number; given: number }>(
    (a) =>
      `'${a.input}' has ${a.channels} ${nounFor(a.channels, 'channel')}, but the model's mean and std are for ${a.given}: each channel gets their average`,
    `The shape of the input was set on the command line, and the model states a mean and a deviation for another number of channels. To state your own, write the spec to a file (\`enetc init my.enet --from ...\`) and change \`mean\` and \`std\` there.`,
  ),
  'normalisation-channels': error<{ option: string; input: string; channels: number; given: number }>(
    (a) =>
      `${a.option} has ${a.given} numbers, but '${a.input}' has ${a.channels} ${nounFor(a.channels, 'channel')}: it takes a number a channel, or one for all`,
    `\`--mean\` and \`--std\` normalise each channel of the picture, red, green and blue in this order: \`--mean 0.485,0.456,0.406\`. Pixels are between 0 and 1.`,
  ),
  'not-a-choice': error<{ name: string; value: string; options: string }>(
    (a) => `--set ${a.name}: ${a.value} is not one of its choices: ${a.options}`,
    `A choice cell lists what may stand there.`,
  ),
} as const;
