import { error } from './entry.ts';

/** What choosing a point of the family can have wrong. */
export const scaleDiagnostics = {
  'unknown-variant': error<{ name: string; model: string; names: string; hint: string }>(
    (a) => `'${a.model}' has no variant '${a.name}'${a.hint}; it has ${a.names || 'none'}`,
    `Variants are the rows of the model's \`variants\` table, by their \`name\`. \`enetc list\` shows them.`,
  ),
  'no-phi': error<{ model: string; names: string }>(
    (a) =>
      `'${a.model}' has no phi: no 'scaling' over one and no variant with one${a.names ? `; its variants are ${a.names}` : ''}`,
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
  'phi-and-variant': error<object>(
    () => "a point is chosen by '--phi' or by '--variant', not by both",
    `A variant's row and a phi would both say what d and w are.`,
  ),
  'unused-override': error<{ option: string; why: string }>(
    (a) => `${a.option} changes nothing: ${a.why}`,
    `An override that nothing in the model reads is a mistake more often than not, so it is refused. \`enetc explain\` shows what each number of a model comes from.`,
  ),
  'unknown-override': error<{ name: string; model: string; hint: string }>(
    (a) => `'${a.model}' has no parameter '${a.name}' to set${a.hint}`,
    `\`--set name=value\` sets a parameter of the model, or a cell of a stage table: \`--set stages.2.kernel=5\` (section, row by name or number, column).`,
  ),
  'bad-override': error<{ name: string; why: string }>(
    (a) => `--set ${a.name}: ${a.why}`,
    `The value is written as in a spec: \`--set classes=10\`, \`--set layers=[2,2,2,2]\`, \`--set unit=BasicBlock\`.`,
  ),
  'not-a-choice': error<{ name: string; value: string; options: string }>(
    (a) => `--set ${a.name}: ${a.value} is none of its choices, ${a.options}`,
    `A choice cell lists what may stand there.`,
  ),
} as const;
