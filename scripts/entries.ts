/** The entry points of the package: `enetc` (index) and `enetc/NAME`. Each is `dist/NAME.js`, with its types in `dist/NAME.d.ts`. */
export const entries: Readonly<
  Record<string, { readonly source: string; readonly bundle: 'neutral' | 'node' | 'engines' }>
> = {
  index: { source: 'src/index.ts', bundle: 'neutral' },
  layers: { source: 'src/layers.ts', bundle: 'neutral' },
  node: { source: 'src/node.ts', bundle: 'node' },
  // Part of the bundle of the commands train and eval, so that the package contains the engines once.
  train: { source: 'src/train/api.ts', bundle: 'engines' },
};
