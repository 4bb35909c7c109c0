import { type OpDescriptor, stateless } from '../descriptor.ts';
import { sameAsInput } from '../shape.ts';

export interface CastOp {
  readonly kind: 'cast';
}

/** Converts to the type of its node. Specs do not contain casts: passes insert them. */
export const cast: OpDescriptor<CastOp> = {
  kind: 'cast',
  signature: undefined,
  label: () => 'Cast',
  ...stateless,
  shapes: sameAsInput,
  result: 'written',
  movesOnly: false,
  field: 'row',
  train: () => {
    throw new Error('a network trains in float32, as it was written: no pass has put a cast in it');
  },
  box: 'pointwise',
};
