import { error } from './entry.ts';

/** Errors in searching a family or a space for networks. */
export const searchDiagnostics = {
  'nothing-fits': error<{ model: string; costs: string }>(
    (a) => `no network of '${a.model}' on this line fits${a.costs ? `: the smallest ${a.costs}` : ''}`,
    `\`enetc fit\` follows a line through the family down to its smallest network, whose resolution equals the total stride, with 8 filters where the number of filters is scaled and one block per stage. Smaller networks need another line (\`--along\`), fewer stages or a smaller head.`,
  ),
  'no-line': error<{ model: string; along: string; needs: string }>(
    (a) => `'${a.model}' cannot grow along '${a.along}' here, which needs ${a.needs}; --along takes another line`,
    `\`formula\` needs \`scaling phi { ... }\` and no variant to start from; \`rows\` needs at least two rows of \`variants\` that differ only in d, w, resolution and numbers and grow in all three together; the others need a factor that scales something and is not fixed by an option.`,
  ),
  'no-choices': error<{ model: string }>(
    (a) => `'${a.model}' has no choices: it is a single network, not a space`,
    `A choice is a cell of a stage table with several values in braces, \`{3, 5}\`. \`enetc search\` needs at least one that \`--set\` does not settle.`,
  ),
  'choices-elsewhere': error<object>(
    () => 'this choice is in another file, which is not rewritten',
    `\`enetc search -o\` writes the spec with its choices settled, but does not change the files it imports. Copy the table into the spec, or settle the choices with \`--set\` when compiling.`,
  ),
  'choices-differ': error<{ one: string; other: string }>(
    (a) =>
      `${a.one} and ${a.other} are the same cell of a table that is used twice, but the candidate settles them differently`,
    `A spec without choices has one value in each cell. Write the table twice if its uses should differ.`,
  ),
} as const;
