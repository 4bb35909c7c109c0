/** The state of the generator sfc32: four 32-bit words. */
export type RandomState = Int32Array;

/** The state for a seed and a name. A tensor's numbers depend only on these two, never on the tensors before it. */
export function randomState(seed: number, name: string): RandomState {
  const state = new Int32Array(4);
  const low = seed | 0;
  const high = Math.floor(seed / 0x100000000) | 0;
  for (let word = 0; word < 4; word++) {
    let hash = mix(low ^ (word * 0x9e3779b1), high);
    for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
    state[word] = mix(hash, name.length);
  }
  return state;
}

/** One round of MurmurHash3 with its finaliser: every input bit moves every output bit. */
function mix(hash: number, data: number): number {
  let k = Math.imul(data ^ 0x2545f491, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The next 32 bits of sfc32 (Chris Doty-Humphrey, PractRand), as a signed integer. The loops in `normal.ts` and `fillUniform`
 * repeat these lines with the state in locals: a call for each number would halve their speed. So would destructuring the
 * state, which uses an iterator.
 */
export function nextInt32(state: RandomState): number {
  const a = state[0] as number;
  const b = state[1] as number;
  const c = state[2] as number;
  const d = state[3] as number;
  const t = (((a + b) | 0) + d) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + t) | 0;
  state[3] = (d + 1) | 0;
  return t;
}

/** A number of (0, 1), never an end: 2^-33 + k * 2^-32. */
export function nextUnit(state: RandomState): number {
  return ((nextInt32(state) >>> 0) + 0.5) * 2 ** -32;
}

/** Fills `out` with numbers uniform in (-bound, bound). */
export function fillUniform(out: Float32Array, state: RandomState, bound: number): void {
  const scale = bound * 2 ** -31;
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
    out[i] = (t + 0.5) * scale;
  }
  state.set([a, b, c, d]);
}
