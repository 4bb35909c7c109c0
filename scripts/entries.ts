/** What programs import: `enetc` (index) and `enetc/NAME`. Each is `dist/NAME.js`, with its types in `dist/NAME.d.ts`. */
export const entries: Readonly<
  Record<string, { readonly source: string; readonly bundle: 'neutral' | 'node' | 'engines' }>
> = {
  index: { source: 'src/index.ts', bundle: 'neutral' },
  layers: { source: 'src/layers.ts', bundle: 'neutral' },
  node: { source: 'src/node.ts', bundle: 'node' },
  // In the bundle of the commands train and eval: the engines are in the package once.
  train: { source: 'src/train/api.ts', bundle: 'engines' },
};
