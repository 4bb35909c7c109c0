import { type OpDescriptor, stateless } from '../descriptor.ts';
import { oneToOne } from '../one-to-one.ts';
import { sameAsInput } from '../shape.ts';

/** x times a number, plus a number: the result of `Add`, `Sub`, `Mul` and `Div` with numbers. */
export interface RescaleOp {
  readonly kind: 'rescale';
  readonly scale: number;
  readonly offset: number;
}

export const rescale: OpDescriptor<RescaleOp> = {
  kind: 'rescale',
  // A number among the tensors of Add, Sub, Mul and Div.
  signature: undefined,
  label: ({ scale, offset }) => {
    const text = (n: number) => String(Number(n.toPrecision(4)));
    const parts = [scale === 1 ? '' : `×${text(scale)}`, offset === 0 ? '' : `${offset < 0 ? '' : '+'}${text(offset)}`];
    return parts.filter((part) => part !== '').join(' ');
  },
  ...stateless,
  shapes: sameAsInput,
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  train: (c) => oneToOne(c, c.op, { ...c.op, offset: 0 }),
  box: 'pointwise',
};
