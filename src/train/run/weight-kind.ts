/** The weights themselves, or the averages over their past. */
export type WeightKind = 'averages' | 'raw';
