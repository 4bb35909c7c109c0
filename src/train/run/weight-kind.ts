/** The weights themselves, or their averages. */
export type WeightKind = 'averages' | 'raw';
