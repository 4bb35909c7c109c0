import { type OpDescriptor, zero } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import { elements, type Shape } from '../shape.ts';
import { int, signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';

export interface AttendOp {
  readonly kind: 'attend';
  readonly heads: number;
}

/** Scaled dot-product attention over pixels (Vaswani et al. 2017): softmax(q k^T / sqrt(d)) v in each head of d channels. */
export const attend: OpDescriptor<AttendOp> = {
  kind: 'attend',
  signature: signature({
    name: 'Attend',
    tensors: ['q', 'k', 'v'],
    doc: 'Scaled dot-product attention (Vaswani et al. 2017), pixels as tokens: each pixel of `q` gives the mean of the pixels of `v`, by how well those of `k` fit it. The channels are cut into heads.',
    params: { heads: int('Parts of the channels that attend by themselves.', [1, opLimits.channels], { value: 1 }) },
    create: ({ heads }) => ({ kind: 'attend', heads }),
  }),
  label: ({ heads }) => `Attention, ${heads} head${heads === 1 ? '' : 's'}`,
  tensors: 'none',
  shapes: ({ heads }, inputs) => {
    const flat = inputs.find(({ length }) => length < 3);
    if (flat) return { error: 'needs-space', shape: flat };
    const [q, k, v] = inputs as readonly [Shape, Shape, Shape];
    if (q[0] !== k[0] || k[1] !== v[1] || k[2] !== v[2]) return { error: 'shape-mismatch', shapes: inputs };
    for (const [channels = 0] of [q, v]) {
      if (channels % heads !== 0) return { error: 'channel-split', parts: heads, channels };
    }
    return [[v[0] as number, ...q.slice(1)]];
  },
  // the products of each pair of pixels, and their sums of the values
  macs: (_op, [q = [], k = [], v = []]) => {
    const [, ...pixels] = k;
    return elements(q) * elements(pixels) + (elements(q) / (q[0] ?? 1)) * elements(v);
  },
  result: 'written',
  movesOnly: false,
  // It sees everything, and with it every block after: left out as gates are.
  field: 'row',
  noise: zero,
  train: ({ b, op, path, inputs, inputShapes, outputShapes, passes }) => {
    const y = b.one(op, inputs, batched(outputShapes[0] ?? []), path);
    return {
      outputs: [y],
      pull: ([dy]) => {
        if (!inputs.some((_, i) => passes(i))) return { inputs: [] };
        const gradient = { ...op, kind: 'attendGrad' } as const;
        const gradients = b.add(gradient, [dy as StepRef, ...inputs], inputShapes.map(batched), path);
        return { inputs: gradients.map((ref, i) => (passes(i) ? ref : undefined)) };
      },
    };
  },
  box: 'join',
  joins: [],
};
