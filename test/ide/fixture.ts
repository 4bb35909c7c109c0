import { posix } from 'node:path';
import type { Analysis } from '../../src/ide/core/analysis.ts';
import { createIde } from '../../src/ide/core/create-ide.ts';
import type { Ide, IdeHost } from '../../src/ide/core/ide.ts';
import { searchSymbols, type WorkspaceSymbol } from '../../src/ide/features/workspace-symbols.ts';

export const root = '/space';
/** The path of the document of a fixture that has one text. */
export const mainPath = `${root}/main.enet`;

/** The mark of the cursor in a fixture's text. */
export const cursorMark = '▮';

/** A workspace in memory; what is not open is read from `files`, which a test may change. */
export function memoryHost(files: Map<string, string>): IdeHost {
  const bytes = new TextEncoder();
  return {
    root,
    readFile(path) {
      const text = files.get(path);
      return text === undefined ? undefined : bytes.encode(text);
    },
    resolvePath: (from, path) => posix.resolve(from === '' ? root : posix.dirname(from), path),
    stampOf: (path) => files.get(path),
    workspaceFiles: () => [...files.keys()].sort(),
  };
}

export interface Fixture {
  readonly ide: Ide;
  /** The texts of the workspace by path, marks taken out. */
  readonly files: Map<string, string>;
  /** The document with the cursor, or the first. */
  readonly path: string;
  readonly analysis: Analysis;
  /** The offset of the mark; -1 where there is none. */
  readonly offset: number;
  /** The offsets of all marks of the document. */
  readonly offsets: readonly number[];
}

/**
 * An editor over files in memory, all in `root`: one text, `main.enet`, or texts by file name. The document that has
 * marks is opened.
 * @param texts a text, or texts by file name, `▮` at the cursor
 */
export function openFixture(texts: string | Readonly<Record<string, string>>): Fixture {
  const named = typeof texts === 'string' ? { 'main.enet': texts } : texts;
  const files = new Map(
    Object.entries(named).map(([name, text]) => [`${root}/${name}`, text.replaceAll(cursorMark, '')]),
  );
  const entries = Object.entries(named);
  const [name, text] = entries.find(([, t]) => t.includes(cursorMark)) ?? (entries[0] as [string, string]);
  const path = `${root}/${name}`;
  const parts = text.split(cursorMark);
  let at = 0;
  const offsets = parts.slice(0, -1).map((part) => {
    at += part.length;
    return at;
  });
  const ide = createIde(memoryHost(files));
  ide.open(path, files.get(path) as string);
  return { ide, files, path, analysis: ide.analysis(path) as Analysis, offset: offsets[0] ?? -1, offsets };
}

/** What a search through all files of a workspace and the library finds. */
export function symbolsOf(ide: Ide, query: string): readonly WorkspaceSymbol[] {
  const search = searchSymbols(ide, query);
  while (search.next());
  return search.found();
}
