import { error } from './entry.ts';

/** What looking for a network in a family or a space can have wrong. */
export const searchDiagnostics = {
  'nothing-fits': error<{ model: string; costs: string }>(
    (a) => `no network of '${a.model}' on this line fits${a.costs ? `: the smallest has ${a.costs}` : ''}`,
    `\`enetc fit\` follows a line through the family down to its smallest network, which has a pixel for each step of the total stride, 8 filters where a number of filters is scaled, and one block a stage. Smaller networks need another line (\`--along\`), fewer stages or a smaller head.`,
  ),
  'no-line': error<{ model: string; along: string }>(
    (a) => `'${a.model}' cannot grow along '${a.along}' here`,
    `\`formula\` needs \`scaling phi { ... }\` and no variant to start from; \`rows\` needs two rows of \`variants\` or more, alike but for d, w, resolution and numbers, that grow in all three together; the others need a factor that scales something and is not fixed by an option.`,
  ),
} as const;
