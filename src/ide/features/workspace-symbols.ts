import { stdlib } from '../../stdlib.generated.ts';
import type { Place } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import type { SymbolKind } from './symbols.ts';

/** A declaration somewhere in the workspace or the library. */
export interface WorkspaceSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly place: Place;
  /** The file's path, or the library file's name. */
  readonly container: string;
}

/** The maximum number of results. */
const most = 200;

/** Searches all files, one at a time: there may be thousands, and the request may be cancelled. */
export interface SymbolSearch {
  /** Searches one more file. @returns whether any is left */
  next(): boolean;
  /** What has been found so far, best first. */
  found(): readonly WorkspaceSymbol[];
}

/**
 * Searches for the blocks, models and sections of models whose names have the letters of a query in its order. The best
 * is the name itself, then what begins with it, then the rest; the workspace comes before the library.
 */
export function searchSymbols(ide: Ide, query: string): SymbolSearch {
  const own = ide.allFiles();
  const files = [...own, ...Object.keys(stdlib).filter((name) => !own.includes(name))];
  const found: Match[] = [];
  let searched = 0;
  return {
    next() {
      const path = files[searched++];
      if (path !== undefined) for (const match of matchesIn(ide, path, query)) found.push(match);
      return searched < files.length;
    },
    // sorting keeps the order of equals
    found: () =>
      found
        .sort((a, b) => a.score - b.score)
        .slice(0, most)
        .map(({ symbol }) => symbol),
  };
}

interface Match {
  readonly symbol: WorkspaceSymbol;
  readonly score: number;
}

function matchesIn(ide: Ide, path: string, query: string): Match[] {
  const analysis = ide.analysis(path);
  if (!analysis) return [];
  const found: Match[] = [];
  const add = (name: string, kind: SymbolKind, span: Parameters<typeof analysis.locate>[0]) => {
    const score = name === '' ? undefined : matchScore(query, name);
    if (score === undefined) return;
    const symbol = { name, kind, place: analysis.locate(span), container: path };
    found.push({ symbol, score: score + (kind === 'section' ? 0.5 : 0) });
  };
  for (const node of analysis.module.ast.declarations) {
    if (node.kind !== 'weights') add(node.name.name, node.kind, node.name.span);
    if (node.kind !== 'model') continue;
    for (const m of node.members) if (m.kind === 'section') add(m.name.name, 'section', m.name.span);
  }
  return found;
}

/**
 * The distance of a name from a query, 0 for the name itself; undefined if the query's letters are not in the name in
 * their order. A letter that begins a word of the name costs less than one in its middle.
 */
export function matchScore(query: string, name: string): number | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  const letters = name.toLowerCase();
  if (letters === wanted) return 0;
  if (letters.startsWith(wanted)) return 1 + (letters.length - wanted.length) / 100;
  let at = -1;
  let score = 2;
  for (const letter of wanted) {
    const next = letters.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    const begins = next === 0 || /[A-Z]/.test(name[next] ?? '') || name[next - 1] === '_';
    if (next !== at + 1) score += begins ? 0.5 : 1 + (next - at) / 10;
    at = next;
  }
  return score;
}
