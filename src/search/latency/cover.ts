import { nextUnit, type RandomState } from '../../weights/random.ts';
import type { Counter } from '../space/counter.ts';
import type { Piece } from '../space/pieces.ts';
import { createSampler, eachEncoding } from '../space/sample.ts';
import { canonical, type Encoding, type Space, spaceSize } from '../space/space.ts';
import { pieceKey } from './latency-table.ts';

/** A network of a space by its pieces. */
export interface PiecedNetwork {
  readonly encoding: Encoding;
  readonly pieces: readonly Piece[];
}

/**
 * How many candidates each network is chosen from, and after how many choices without a new piece all are assumed to be
 * known.
 */
const [drawn, mostInVain] = [32, 64];

/** Spaces of at most this many networks are enumerated. */
const few = 2000n;

/**
 * Networks that contain every piece found in random networks of a space: in each step the one of some random candidates with the most new pieces. A small space is enumerated.
 * @param most how many at most
 * @returns undefined if the space is not a chain of pieces
 */
export function coveringNetworks(
  space: Space,
  counter: Counter,
  random: RandomState,
  most = Number.POSITIVE_INFINITY,
): readonly PiecedNetwork[] | undefined {
  const seen = new Set<string>();
  const chosen: PiecedNetwork[] = [];
  const draw = candidates(space, random);
  for (let inVain = 0; inVain < mostInVain && chosen.length < most; ) {
    let best: PiecedNetwork | undefined;
    let bestNew = 0;
    for (let i = 0; i < drawn; i++) {
      const encoding = draw();
      if (!encoding) break;
      const counted = counter.count(encoding);
      if ('failed' in counted) continue;
      const { pieces } = counted;
      if (!pieces) return undefined;
      const count = new Set(pieces.map(pieceKey).filter((key) => !seen.has(key))).size;
      if (count <= bestNew) continue;
      best = { encoding: canonical(space, encoding), pieces };
      bestNew = count;
    }
    if (!best) {
      inVain++;
      continue;
    }
    inVain = 0;
    chosen.push(best);
    for (const piece of best.pieces) seen.add(pieceKey(piece));
  }
  return chosen;
}

/** Random networks that are not among others, all different. @returns fewer than `count` where there are no more */
export function otherNetworks(
  space: Space,
  counter: Counter,
  random: RandomState,
  count: number,
  taken: readonly PiecedNetwork[],
): PiecedNetwork[] {
  const keyOf = (pieces: readonly Piece[]) => pieces.map(pieceKey).join();
  const seen = new Set(taken.map(({ pieces }) => keyOf(pieces)));
  const found: PiecedNetwork[] = [];
  const draw = candidates(space, random);
  for (let tries = 0; tries < 50 * count && found.length < count; tries++) {
    const encoding = draw();
    const counted = encoding && counter.count(encoding);
    if (!counted || 'failed' in counted || !counted.pieces || seen.has(keyOf(counted.pieces))) continue;
    seen.add(keyOf(counted.pieces));
    found.push({ encoding: canonical(space, encoding), pieces: counted.pieces });
  }
  return found;
}

/** Draws without end: from a small space all networks in a random order, repeatedly. */
function candidates(space: Space, random: RandomState): () => Encoding | undefined {
  if (spaceSize(space).networks > few) {
    const draw = createSampler(space);
    return () => draw(random);
  }
  const all = [...eachEncoding(space)];
  for (let i = all.length - 1; i > 0; i--) {
    const k = Math.floor(nextUnit(random) * (i + 1));
    [all[i], all[k]] = [all[k] as number[], all[i] as number[]];
  }
  let at = 0;
  return () => all[at++ % all.length];
}
