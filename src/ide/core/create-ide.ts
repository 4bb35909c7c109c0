import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { parse } from '../../1-parse/parse.ts';
import { entryModels } from '../../2-resolve/choose-model.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { buildGraph } from '../../5-graph/build.ts';
import { checkSource } from '../../check-source.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import type { Host } from '../../host.ts';
import { decodeSource, type Source } from '../../source.ts';
import { stdlib } from '../../stdlib.generated.ts';
import type { Analysis, DeclarationAt, Network } from './analysis.ts';
import type { Ide } from './ide.ts';
import type { IdeHost } from './ide-host.ts';

/** Makes the editor's view of a workspace. */
export function createIde(host: IdeHost): Ide {
  const buffers = new Map<string, string>();
  const known = new Map<string, Analysis>();
  let scaling: ScalingRequest = {};
  const bytes = new TextEncoder();
  const buffered: Host = {
    root: host.root,
    resolvePath: (from, path) => host.resolvePath(from, path),
    readFile(path) {
      const text = buffers.get(path);
      return text === undefined ? host.readFile(path) : bytes.encode(text);
    },
  };
  const sourceOf = (path: string): Source | undefined => {
    const text = buffers.get(path) ?? (Object.hasOwn(stdlib, path) ? stdlib[path] : undefined);
    if (text !== undefined) return { name: path, text };
    try {
      const content = host.readFile(path);
      return content && decodeSource(path, content).source;
    } catch {
      return undefined;
    }
  };
  const allFiles = () => [...new Set([...host.workspaceFiles(), ...buffers.keys()])];
  const forget = () => known.clear();
  return {
    open(path, text) {
      buffers.set(path, text);
      forget();
    },
    change(path, text) {
      buffers.set(path, text);
      forget();
    },
    close(path) {
      buffers.delete(path);
      forget();
    },
    filesChanged: forget,
    setScaling(request) {
      scaling = request;
      forget();
    },
    get scaling() {
      return scaling;
    },
    openDocuments: () => [...buffers.keys()],
    allFiles,
    analysis(path) {
      let analysis = known.get(path);
      if (!analysis) {
        const source = sourceOf(path);
        if (!source) return undefined;
        analysis = analyse(path, source, buffered, scaling);
        known.set(path, analysis);
      }
      return analysis;
    },
    filesImporting(path) {
      return allFiles().filter((file) => {
        const source = sourceOf(file);
        return (
          source &&
          parse(source).ast.imports.some(({ from }) => {
            const { value } = from;
            return (value.startsWith('std/') ? value : host.resolvePath(file, value)) === path;
          })
        );
      });
    },
  };
}

function analyse(path: string, source: Source, host: Host, scaling: ScalingRequest): Analysis {
  const { program, diagnostics } = checkSource(source, host);
  const module = program.entry;
  const build = (name: string, request: ScalingRequest): Network | undefined => {
    const model = entryModels(program).find((m) => m.node.name.name === name);
    if (!model || hasErrors(diagnostics)) return undefined;
    const { graph, point } = buildGraph(model, request);
    return graph && point && { model, request, graph, point };
  };
  return {
    path,
    source,
    module,
    program,
    diagnostics,
    locate: (span) => ({ path: span.source.name, start: span.start, end: span.end }),
    declarationAt(offset): DeclarationAt {
      const nodes: readonly (Declaration | ImportNode)[] = [...module.ast.imports, ...module.ast.declarations];
      const node = nodes.find(({ span }) => span.start <= offset && offset <= span.end);
      return { ...(node && { node }), source, offset };
    },
    network: (name, request) => (request ? build(name, request) : (build(name, scaling) ?? build(name, {}))),
  };
}
