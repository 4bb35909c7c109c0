import { error } from './entry.ts';

/** What looking for a network in a family or a space can have wrong. */
export const searchDiagnostics = {
  'nothing-fits': error<{ model: string; costs: string }>(
    (a) => `no network of '${a.model}' on this line fits${a.costs ? `: the smallest ${a.costs}` : ''}`,
    `\`enetc fit\` follows a line through the family down to its smallest network, which has a pixel for each step of the total stride, 8 filters where a number of filters is scaled, and one block a stage. Smaller networks need another line (\`--along\`), fewer stages or a smaller head.`,
  ),
  'no-line': error<{ model: string; along: string; needs: string }>(
    (a) => `'${a.model}' cannot grow along '${a.along}' here, which needs ${a.needs}; --along takes another line`,
    `\`formula\` needs \`scaling phi { ... }\` and no variant to start from; \`rows\` needs two rows of \`variants\` or more, alike but for d, w, resolution and numbers, that grow in all three together; the others need a factor that scales something and is not fixed by an option.`,
  ),
  'no-choices': error<{ model: string }>(
    (a) => `'${a.model}' has no choices: it is a network, not a space of them`,
    `A choice is a cell of a stage table with several values in braces, \`{3, 5}\`. \`enetc search\` needs one at least that is not settled by \`--set\`.`,
  ),
  'choices-elsewhere': error<object>(
    () => 'this choice stands in another file, which is not rewritten',
    `\`enetc search -o\` writes the spec with its choices settled, and changes no file that it imports. Copy the table into the spec, or settle the choices with \`--set\` when compiling.`,
  ),
  'choices-differ': error<{ one: string; other: string }>(
    (a) =>
      `${a.one} and ${a.other} are one cell of a table that is used twice, and the candidate settles them differently`,
    `A plain spec has one value in each cell. Write the table twice where its uses are to differ.`,
  ),
} as const;
