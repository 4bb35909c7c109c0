import type { ProgramFiles } from '../../2-resolve/files.ts';
import type { Module } from '../../2-resolve/program.ts';
import { decodeSource, type Source } from '../../source.ts';
import { stdlib } from '../../stdlib.generated.ts';
import { createDocument, type Document } from './document.ts';
import type { IdeHost } from './ide.ts';
import { linkModule } from './link.ts';

/** The documents of an editor: what is open, and the files that were read. Keeps the present version of each. */
export interface Store extends ProgramFiles {
  /** Counts up with every change. */
  readonly version: number;
  /** Counts up when files may have changed, come, gone or moved: not when the text of an open document does. */
  readonly filesVersion: number;
  /** Incremented with every change except to the editor's text of one file. */
  versionExcept(path: string): number;
  openPaths(): readonly string[];
  setText(path: string, text: string): void;
  /** Forgets the editor's text of a file. */
  dropText(path: string): void;
  /** Reads files again when they are next needed. */
  filesChanged(paths: readonly string[]): void;
  /** As `filesChanged`, for the files whose stamp has changed since they were last looked for. */
  lookAgain(): void;
  /** As `filesChanged`, for the files below folders. @returns whether there are any that were read */
  foldersGone(paths: readonly string[]): boolean;
  /** The document of a path; undefined if there is none that can be read. */
  document(path: string): Document | undefined;
  /** The document that a source is the whole text of. */
  documentOf(source: Source): Document | undefined;
}

interface Kept {
  readonly document: Document;
  readonly valid: boolean;
}

export function createStore(host: IdeHost): Store {
  const texts = new Map<string, string>();
  const files = new Map<string, Kept>();
  /** Files that have changed since they were read; the old versions are useful when they are read again. */
  const stale = new Set<string>();
  const absent = new Set<string>();
  /** The stamp of each file right before it was read, or looked for in vain. */
  const stamps = new Map<string, string | undefined>();
  const modules = new Map<string, Module>();
  const bySource = new WeakMap<Source, Document>();
  let version = 0;
  let filesVersion = 0;
  /** How often the editor's text of each file has changed. */
  const textVersions = new Map<string, number>();

  const keep = (path: string, source: Source, valid: boolean): Kept => {
    const before = files.get(path);
    stale.delete(path);
    if (before && before.document.source.text === source.text && before.valid === valid) return before;
    const document = createDocument(source, before?.document);
    bySource.set(source, document);
    const kept = { document, valid };
    files.set(path, kept);
    return kept;
  };
  const keptFile = (path: string): Kept | undefined => {
    const known = files.get(path);
    const text = texts.get(path);
    if (text !== undefined)
      return known?.document.source.text === text ? known : keep(path, { name: path, text }, true);
    if (known && !stale.has(path)) return known;
    if (absent.has(path)) return undefined;
    stamps.set(path, host.stampOf(path));
    const bytes = host.readFile(path);
    if (!bytes) {
      absent.add(path);
      files.delete(path);
      return undefined;
    }
    const { source, valid } = decodeSource(path, bytes);
    return keep(path, source, valid);
  };
  const library = (name: string, text: string): Source => {
    const known = files.get(name);
    return (known ?? keep(name, { name, text }, true)).document.source;
  };
  const parsed = (source: Source): Document => {
    let document = bySource.get(source);
    if (!document) {
      document = createDocument(source);
      bySource.set(source, document);
    }
    return document;
  };
  const filesChanged = (paths: readonly string[]): void => {
    for (const path of paths) if (files.has(path)) stale.add(path);
    absent.clear();
    version++;
    filesVersion++;
  };
  return {
    get version() {
      return version;
    },
    get filesVersion() {
      return filesVersion;
    },
    versionExcept: (path) => version - (textVersions.get(path) ?? 0),
    openPaths: () => [...texts.keys()],
    setText(path, text) {
      if (texts.get(path) === text) return;
      texts.set(path, text);
      textVersions.set(path, (textVersions.get(path) ?? 0) + 1);
      absent.delete(path);
      version++;
    },
    dropText(path) {
      if (!texts.delete(path)) return;
      stale.add(path);
      version++;
      filesVersion++;
    },
    filesChanged,
    lookAgain() {
      // an open document is not read from its file
      const differ = [...stamps].filter(([path, stamp]) => !texts.has(path) && host.stampOf(path) !== stamp);
      filesChanged(differ.map(([path]) => path));
    },
    foldersGone(paths) {
      const gone = new Set(paths);
      const below = [...files.keys()].filter((path) => foldersOf(path).some((folder) => gone.has(folder)));
      if (below.length > 0) filesChanged(below);
      return below.length > 0;
    },
    document(path) {
      const text = Object.hasOwn(stdlib, path) ? stdlib[path] : undefined;
      if (text !== undefined) return bySource.get(library(path, text));
      try {
        return keptFile(path)?.document;
      } catch {
        // a folder, or no permission: importing it reports the reason
        return undefined;
      }
    },
    documentOf: (source) => bySource.get(source),
    parse: (source) => parsed(source).parsed,
    read(path) {
      const kept = keptFile(path);
      return kept && { source: kept.document.source, valid: kept.valid };
    },
    library,
    link(file, imported, own) {
      const module = linkModule(file, imported, own, modules.get(file.path));
      modules.set(file.path, module);
      return module;
    },
  };
}

/** The folders that a path lies in, at any depth. */
function foldersOf(path: string): readonly string[] {
  return [...path.matchAll(/[\\/]/g)].map(({ index }) => path.slice(0, index));
}
