import type { ProgramFiles } from '../../2-resolve/files.ts';
import { resolveProgram } from '../../2-resolve/resolve.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../source.ts';
import { analyse } from './analyse.ts';
import type { Analysis } from './analysis.ts';
import type { Ide, IdeHost } from './ide.ts';
import { createStore, type Store } from './store.ts';

interface Known {
  readonly analysis: Analysis;
  readonly resolving: readonly Diagnostic[];
  readonly scaling: ScalingRequest;
  /** The versions of the store at which it was last found to hold. */
  version: number;
  filesVersion: number;
  /** What its imports were when it was resolved, by path; undefined if there was nothing to be read. */
  imported: ReadonlyMap<string, Source | undefined>;
}

/** Makes the editor's view of a workspace. */
export function createIde(host: IdeHost): Ide {
  const store = createStore(host);
  const known = new Map<string, Known>();
  let scaling: ScalingRequest = {};
  let workspace: readonly string[] | undefined;
  const allFiles = () => {
    workspace ??= host.workspaceFiles();
    return [...new Set([...workspace, ...store.openPaths()])];
  };
  return {
    open: store.setText,
    change: store.setText,
    close: store.dropText,
    filesChanged(paths) {
      store.filesChanged(paths);
      workspace = undefined;
    },
    lookAgain() {
      store.lookAgain();
      workspace = undefined;
    },
    foldersGone(paths) {
      const known = store.foldersGone(paths);
      if (known) workspace = undefined;
      return known;
    },
    setScaling(request) {
      scaling = request;
    },
    get scaling() {
      return scaling;
    },
    openDocuments: store.openPaths,
    allFiles,
    analysis(path) {
      const before = known.get(path);
      if (before?.version === store.version && before.scaling === scaling) return before.analysis;
      const document = store.document(path);
      if (!document) {
        known.delete(path);
        return undefined;
      }
      if (before && before.scaling === scaling && isUntouched(before, document.source, store)) {
        before.version = store.version;
        return before.analysis;
      }
      const { files, read: imported } = noting(store);
      const { program, diagnostics: resolving } = resolveProgram(document.source, host, files);
      const { version, filesVersion } = store;
      if (before && before.scaling === scaling && isSame(before, program.modules, resolving)) {
        Object.assign(before, { version, filesVersion, imported });
        return before.analysis;
      }
      const analysis = analyse(program, resolving, scaling, store.documentOf);
      known.set(path, { analysis, resolving, scaling, version, filesVersion, imported });
      return analysis;
    },
    versionExcept: store.versionExcept,
    filesImporting(path) {
      return allFiles().filter((file) =>
        store.document(file)?.parsed.ast.imports.some(({ from: { value } }) => {
          return (value.startsWith('std/') ? value : host.resolvePath(file, value)) === path;
        }),
      );
    },
  };
}

/**
 * Whether nothing that a program was resolved from has changed. Much cheaper than resolving it again, which follows
 * links of files: with each key pressed in one document, the others of a workspace stay unchanged.
 */
function isUntouched({ analysis, filesVersion, imported }: Known, source: Source, store: Store): boolean {
  if (analysis.source !== source || filesVersion !== store.filesVersion) return false;
  for (const [path, before] of imported) if (store.document(path)?.source !== before) return false;
  return true;
}

/** The files of a store, and what is read from them from now on. */
function noting(store: Store): { files: ProgramFiles; read: ReadonlyMap<string, Source | undefined> } {
  const read = new Map<string, Source | undefined>();
  const files: ProgramFiles = {
    parse: store.parse,
    library: store.library,
    link: store.link,
    read(path) {
      // one that cannot be read throws
      read.set(path, undefined);
      const file = store.read(path);
      read.set(path, file?.source);
      return file;
    },
  };
  return { files, read };
}

/** Whether a program is the one that was analysed: the same modules, with the same diagnostics of their imports. */
function isSame(
  { analysis, resolving }: Known,
  modules: Analysis['program']['modules'],
  diagnostics: readonly Diagnostic[],
) {
  const before = analysis.program.modules;
  return (
    before.length === modules.length &&
    modules.every((module, i) => module === before[i]) &&
    resolving.length === diagnostics.length &&
    diagnostics.every((d, i) => d.code === resolving[i]?.code && d.message === resolving[i]?.message)
  );
}
