import { resolveProgram } from '../../2-resolve/resolve.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { analyse } from './analyse.ts';
import type { Analysis } from './analysis.ts';
import type { Ide } from './ide.ts';
import type { IdeHost } from './ide-host.ts';
import { createStore } from './store.ts';

interface Known {
  readonly analysis: Analysis;
  readonly resolving: readonly Diagnostic[];
  readonly scaling: ScalingRequest;
  /** The version of the store at which it was last found to hold. */
  version: number;
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
      const { program, diagnostics: resolving } = resolveProgram(document.source, host, store);
      const { version } = store;
      if (before && before.scaling === scaling && isSame(before, program.modules, resolving)) {
        before.version = version;
        return before.analysis;
      }
      const analysis = analyse(program, resolving, scaling, store.documentOf);
      known.set(path, { analysis, resolving, scaling, version });
      return analysis;
    },
    filesImporting(path) {
      return allFiles().filter((file) =>
        store.document(file)?.parsed.ast.imports.some(({ from: { value } }) => {
          return (value.startsWith('std/') ? value : host.resolvePath(file, value)) === path;
        }),
      );
    },
  };
}

/** Whether a program is the one that was analysed: the same modules, with the same to be said of their imports. */
function isSame({ analysis, resolving }: Known, modules: Analysis['program']['modules'], said: readonly Diagnostic[]) {
  const before = analysis.program.modules;
  return (
    before.length === modules.length &&
    modules.every((module, i) => module === before[i]) &&
    resolving.length === said.length &&
    said.every((d, i) => d.code === resolving[i]?.code && d.message === resolving[i]?.message)
  );
}
