/** The lines through a family along which a network can grow. */
export const lineNames = ['formula', 'rows', 'compound', 'fast', 'tinynet', 'd', 'w', 'r'] as const;
export type LineName = (typeof lineNames)[number];

/** What a model must have for a line; by default the factors' lines. */
export function lineNeeds(name: LineName | undefined): string {
  if (name === 'formula') return "a formula over phi in 'scaling', and no variant to start from";
  if (name === 'rows') return "rows of 'variants' that grow together in d, w and resolution";
  return 'a factor that scales something and is not fixed by an option';
}
