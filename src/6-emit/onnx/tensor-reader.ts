import { elements } from '../../5-graph/graph.ts';
import { isQuantised } from '../../5-graph/value-type.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import { toHalf } from '../../weights/float16.ts';
import { quantiseValues } from '../../weights/quantise-values.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { Initialiser } from './builder.ts';

/** Returns the bytes of one tensor after another, as stored in the file. */
export interface TensorReader {
  /** Valid until the next call. */
  read(initialiser: Initialiser): Uint8Array;
  /** What was found wrong so far. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The network's own tensors are rounded to the type that they have. */
export function createTensorReader(weights: WeightSource): TensorReader {
  const diagnostics: Diagnostic[] = [];
  let buffer = new Uint16Array(0);
  return {
    diagnostics,
    read({ name, source }) {
      if (source instanceof Uint8Array) return source;
      const values = weights.read(source);
      if (values.length !== elements(source.shape)) throw new Error(`'${name}' has ${values.length} values`);
      if (isQuantised(source.type)) {
        const integers = source.type.element === 'int8' ? new Int8Array(values.length) : new Int32Array(values.length);
        quantiseValues(values, source.shape, source.type, integers);
        return littleEndianBytes(integers);
      }
      if (source.type.element !== 'float16') return littleEndianBytes(values);
      if (buffer.length < values.length) buffer = new Uint16Array(values.length);
      const halves = buffer.subarray(0, values.length);
      const count = toHalf(values, halves);
      if (count > 0) diagnostics.push(createDiagnostic('half-overflow', undefined, { tensor: name, count }));
      return littleEndianBytes(halves);
    },
  };
}
