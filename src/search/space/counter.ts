import type { DeclaredModel } from '../../2-resolve/program.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { buildGraph } from '../../5-graph/build.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { removeTrainingOps } from '../../5-graph/passes/for-inference.ts';
import { withoutAuxiliary } from '../../5-graph/passes/remove-unreached.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { type Costs, costsOf } from '../costs.ts';
import { chainKind, type Piece, piecesOf } from './pieces.ts';
import { type Decision, type Encoding, isUsed, type Space, settingsOf } from './space.ts';

/** A candidate with its costs, or why it does not build. */
export type Counted =
  | {
      readonly costs: Costs;
      /** Equal for candidates that are the same network, however they are encoded. */
      readonly network: string;
      /** Its pieces in order; undefined where more than one value goes from one to the next. */
      readonly pieces: readonly Piece[] | undefined;
    }
  | { readonly failed: Diagnostic };

/** Counts the candidates of a space. */
export interface Counter {
  count(encoding: Encoding): Counted;
  /** How many candidates were built whole; the others were put together from pieces of these. */
  readonly built: number;
}

/** The limit of cached pieces: far more than a search sees in a day. */
const mostPieces = 200_000;

/**
 * Creates a counter. In a chain of pieces (see `chainKind`) a piece is built once for each setting of its own choices and each
 * shape that comes in: a candidate whose pieces are all known takes only a few look-ups. Any other model is built for each
 * candidate.
 */
export function createCounter(model: DeclaredModel, request: ScalingRequest, space: Space): Counter {
  const counter = { built: 0 };
  const ids = new Map<string, number>();
  const idOf = (signature: string) => {
    const id = ids.get(signature) ?? ids.size;
    ids.set(signature, id);
    return id;
  };
  const kind = chainKind(model, space);
  let chain = kind && createChain(space);
  const build = (encoding: Encoding): Counted => {
    counter.built++;
    const set = { ...request.set, ...settingsOf(space, encoding) };
    const { graph, diagnostics } = buildGraph(model, { ...request, set }, undefined, true);
    if (!graph) return { failed: diagnostics.find((d) => d.severity === 'error') as Diagnostic };
    const costs = costsOf(graph);
    const reached = withoutAuxiliary(graph);
    const pieces = piecesOf(chain && kind?.counted ? removeTrainingOps(reached) : reached);
    if (!pieces || !isSame(costs, sumOf(pieces)) || chain?.learn(encoding, pieces) === false) chain = undefined;
    const whole = pieces?.map(({ signature }) => idOf(signature)).join(' ') ?? String(idOf(wholeSignature(reached)));
    return { costs, network: whole, pieces };
  };
  return {
    count(encoding) {
      // the order of the pieces is that of a candidate that leaves none out
      if (chain && counter.built === 0) build(fullestEncoding(space));
      const pieces = chain?.recall(encoding);
      if (!pieces) return build(encoding);
      return { costs: sumOf(pieces), network: pieces.map(({ signature }) => idOf(signature)).join(' '), pieces };
    },
    get built() {
      return counter.built;
    },
  };
}

/** The encoding in which the most decisions matter: rows that may be left out are there. */
function fullestEncoding({ decisions }: Space): Encoding {
  return decisions.map(({ options }, i) => {
    const opened = options.map((_, o) => decisions.filter((d) => opens(d, i, o)).length);
    return opened.indexOf(Math.max(...opened));
  });
}

function opens({ when }: Decision, decision: number, option: number): boolean {
  return when.flat().some((c) => c.decision === decision && c.options.includes(option));
}

/** The costs of a chain of pieces. */
function sumOf(pieces: readonly Piece[]): Costs {
  const sum = (name: keyof Costs) => pieces.reduce((total, { costs }) => total + costs[name], 0);
  const memory = pieces.reduce((most, { costs }) => Math.max(most, costs.memory), 0);
  return { params: sum('params'), macs: sum('macs'), activations: sum('activations'), memory };
}

function isSame(a: Costs, b: Costs): boolean {
  return a.params === b.params && a.macs === b.macs && a.activations === b.activations && a.memory === b.memory;
}

function wholeSignature({ nodes }: Graph): string {
  return nodes.map(({ op, inputs, tensors }) => JSON.stringify([op, inputs, tensors.map((t) => t.shape)])).join('|');
}

/** The known pieces of a model that is a chain. */
interface Chain {
  /** Records the pieces of a candidate that was built. @returns false where they do not fit those known: the model is not a chain */
  learn(encoding: Encoding, pieces: readonly Piece[]): boolean;
  /** The pieces of a candidate; undefined if one is not known. */
  recall(encoding: Encoding): readonly Piece[] | undefined;
}

/** A piece that has no nodes: a row that repeats its block zero times. */
const empty = 'empty';

function createChain(space: Space): Chain {
  /** The pieces of the first candidate, in order, and the decisions of each. */
  let order: readonly { readonly id: string; readonly decisions: readonly number[] }[] | undefined;
  const known = new Map<string, Piece | typeof empty>();
  const keyOf = (part: NonNullable<typeof order>[number], encoding: Encoding, takes: string) => {
    let key = `${part.id}|${takes}`;
    for (const i of part.decisions) key += isUsed(space, encoding, i) ? `,${encoding[i]}` : ',';
    return key;
  };
  const start = (pieces: readonly Piece[]) => {
    const isIn = (id: string) => (place: string) => place.startsWith(`${id}.`);
    const parts = pieces.map(({ id }) => ({
      id,
      decisions: space.decisions.flatMap(({ places }, i) => (places.some(isIn(id)) ? [i] : [])),
    }));
    // each place of a decision must belong to exactly one piece
    const places = space.decisions.flatMap((decision) => decision.places);
    const isChain = places.every((place) => parts.filter(({ id }) => isIn(id)(place)).length === 1);
    return isChain ? parts : undefined;
  };
  return {
    learn(encoding, pieces) {
      order ??= start(pieces);
      if (!order) return false;
      if (known.size > mostPieces) known.clear();
      let [next, takes] = [0, ''];
      for (const part of order) {
        const piece = pieces[next]?.id === part.id ? pieces[next] : undefined;
        const key = keyOf(part, encoding, takes);
        const before = known.get(key);
        if (before !== undefined && !samePiece(before, piece ?? empty)) return false;
        if (before === undefined) known.set(key, piece ?? empty);
        if (!piece) continue;
        takes = piece.gives;
        next++;
      }
      return next === pieces.length;
    },
    recall(encoding) {
      if (!order) return undefined;
      const pieces: Piece[] = [];
      let takes = '';
      for (const part of order) {
        const piece = known.get(keyOf(part, encoding, takes));
        if (piece === undefined) return undefined;
        if (piece === empty) continue;
        pieces.push(piece);
        takes = piece.gives;
      }
      return pieces;
    },
  };
}

function samePiece(a: Piece | typeof empty, b: Piece | typeof empty): boolean {
  if (a === empty || b === empty) return a === b;
  return a.signature === b.signature && a.gives === b.gives && isSame(a.costs, b.costs);
}
