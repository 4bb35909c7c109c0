import { nextUnit, type RandomState } from './random.ts';

/**
 * Normal numbers by the Ziggurat (Marsaglia & Tsang 2000): 128 layers of equal area under exp(-x^2 / 2). Layer and
 * abscissa come from different bits of one draw, as Doornik (2005) requires: the low 7 choose the layer, the high 24,
 * as a signed integer, choose the abscissa. About 98.8 % of the draws end there.
 */
const layers = 128;
/** Where the tail starts, and the area of each layer, for 128 layers (Marsaglia & Tsang, table 1). */
const tailStart = 3.442619855899;
const layerArea = 9.91256303526217e-3;

interface Tables {
  /** The abscissa of a layer's edge over 2^23. */
  readonly scale: Float64Array;
  /** Below this the abscissa lies inside the layer above too: no test is needed. */
  readonly inside: Int32Array;
  /** exp(-x^2 / 2) at the layer's upper edge. */
  readonly density: Float64Array;
}

let tables: Tables | undefined;

/** Fills `out` with numbers of a normal distribution with mean 0 and this deviation. */
export function fillNormal(out: Float32Array, state: RandomState, deviation: number): void {
  tables ??= createTables();
  const { scale, inside } = tables;
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let i = 0; i < out.length; i++) {
    const t = (((a + b) | 0) + d) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    d = (d + 1) | 0;
    const layer = t & 127;
    const j = t >> 8;
    // Stored before it is known to be accepted, with the sign removed by bit operations: branches here cost V8 four
    // times the rest.
    out[i] = (j + 0.5) * (scale[layer] as number) * deviation;
    if ((j ^ (j >> 31)) >= (inside[layer] as number)) {
      state[0] = a;
      state[1] = b;
      state[2] = c;
      state[3] = d;
      const x = edgeCase(tables, state, layer, j);
      a = state[0];
      b = state[1];
      c = state[2];
      d = state[3];
      if (x === undefined) i--;
      else out[i] = x * deviation;
    }
  }
  state.set([a, b, c, d]);
}

/** A draw outside of the inner rectangle: in the tail, in the wedge, or rejected (undefined). */
function edgeCase({ scale, density }: Tables, state: RandomState, layer: number, j: number): number | undefined {
  if (layer === 0) return tail(state, j < 0 ? -1 : 1);
  const x = (j + 0.5) * (scale[layer] as number);
  const bottom = density[layer - 1] as number;
  const top = density[layer] as number;
  return bottom + nextUnit(state) * (top - bottom) < Math.exp(-0.5 * x * x) ? x : undefined;
}

/** Marsaglia's exact method for the tail beyond `tailStart`. */
function tail(state: RandomState, sign: number): number {
  for (;;) {
    const x = -Math.log(nextUnit(state)) / tailStart;
    const y = -Math.log(nextUnit(state));
    if (y + y > x * x) return sign * (tailStart + x);
  }
}

function createTables(): Tables {
  const scale = new Float64Array(layers);
  const inside = new Int32Array(layers);
  const density = new Float64Array(layers);
  // Layer 0 is the bottom strip with the tail, as wide as a rectangle of the same area; layer 127 is the narrowest.
  const edges = new Float64Array(layers + 1);
  edges[0] = layerArea / Math.exp(-0.5 * tailStart * tailStart);
  edges[1] = tailStart;
  for (let i = 2; i < layers; i++) {
    const x = edges[i - 1] as number;
    edges[i] = Math.sqrt(-2 * Math.log(layerArea / x + Math.exp(-0.5 * x * x)));
  }
  edges[layers] = 0;
  for (let i = 0; i < layers; i++) {
    const edge = edges[i] as number;
    const next = edges[i + 1] as number;
    scale[i] = edge * 2 ** -23;
    inside[i] = Math.floor((next / edge) * 2 ** 23);
    density[i] = Math.exp(-0.5 * next * next);
  }
  return { scale, inside, density };
}
