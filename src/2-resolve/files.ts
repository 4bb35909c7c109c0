import { type ParseResult, parse } from '../1-parse/parse.ts';
import type { Host } from '../host.ts';
import { decodeSource, type Source } from '../source.ts';
import type { Declared, Module } from './program.ts';

/** How the files of a program are read, parsed and linked. The editor's variant keeps what did not change. */
export interface ProgramFiles {
  parse(source: Source): ParseResult;
  /** A file's source, and whether its bytes are valid UTF-8; undefined if there is none. Throws what the host throws. */
  read(path: string): { readonly source: Source; readonly valid: boolean } | undefined;
  /** The source of a file of the library. */
  library(name: string, text: string): Source;
  /**
   * Gives a file's names their meaning: those that it imports, and its own blocks and models.
   * @param own by name, in the order of the text; none is among the imported
   */
  link(
    file: Omit<Module, 'scope'>,
    imported: ReadonlyMap<string, Declared>,
    own: ReadonlyMap<string, Declared['node']>,
  ): Module;
}

/** Reads every file again. */
export function readFiles(host: Host): ProgramFiles {
  return {
    parse,
    read(path) {
      const bytes = host.readFile(path);
      return bytes && decodeSource(path, bytes);
    },
    library: (name, text) => ({ name, text }),
    link(file, imported, own) {
      const scope = new Map(imported);
      const module: Module = { ...file, scope };
      for (const [name, node] of own) {
        scope.set(name, node.kind === 'block' ? { kind: 'block', node, module } : { kind: 'model', node, module });
      }
      return module;
    },
  };
}

/** Reads the files of the library once, and caches results about them: for a program that is repeatedly read with changes. */
export function keepLibrary(files: ProgramFiles): ProgramFiles {
  const sources = new Map<string, Source>();
  const parsed = new WeakMap<Source, ParseResult>();
  const linked = new Map<string, Module>();
  return {
    ...files,
    library(name, text) {
      const source = sources.get(name) ?? files.library(name, text);
      sources.set(name, source);
      return source;
    },
    parse(source) {
      if (sources.get(source.name) !== source) return files.parse(source);
      const result = parsed.get(source) ?? files.parse(source);
      parsed.set(source, result);
      return result;
    },
    // the library imports nothing but itself
    link(file, imported, own) {
      if (!file.library) return files.link(file, imported, own);
      const module = linked.get(file.path) ?? files.link(file, imported, own);
      linked.set(file.path, module);
      return module;
    },
  };
}
