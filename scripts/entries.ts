/** What programs import, `enetc` and `enetc/NAME`: each becomes `dist/NAME.js` with its types in `dist/NAME.d.ts`. */
export const entries: Readonly<Record<string, { readonly source: string; readonly platform: 'neutral' | 'node' }>> = {
  index: { source: 'src/index.ts', platform: 'neutral' },
  layers: { source: 'src/layers.ts', platform: 'neutral' },
  node: { source: 'src/node.ts', platform: 'node' },
};
