import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { entryModels } from '../../2-resolve/choose-model.ts';
import type { Declared, DeclaredModel, Program } from '../../2-resolve/program.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { keptBuild } from '../../5-graph/kept-build.ts';
import { beginCheck } from '../../check-source.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../source.ts';
import type { AnalysedNetwork, Analysis, DeclarationAt } from './analysis.ts';
import type { Document, DocumentPiece } from './document.ts';

/** What is known about a resolved program's entry. Nothing is checked or built before it is needed. */
export function analyse(
  program: Program,
  resolving: readonly Diagnostic[],
  scaling: ScalingRequest,
  documentOf: (source: Source) => Document | undefined,
): Analysis {
  const module = program.entry;
  const { source } = module;
  let begun: ReturnType<typeof beginCheck> | undefined;
  const check = () => {
    begun ??= beginCheck(program, resolving, 'all', keptBuild);
    return begun;
  };
  let all: readonly Diagnostic[] | undefined;
  let documents: Map<string, Document> | undefined;
  const document = (name: string) => {
    documents ??= new Map(program.modules.flatMap((m) => pairOf(m.source, documentOf(m.source))));
    return documents.get(name);
  };
  const build = (name: string, request: ScalingRequest): AnalysedNetwork | undefined => {
    const model = entryModels(program).find((m) => m.node.name.name === name);
    // problems in builds of other points do not prevent this one
    if (!model || !isSound(program, model, check().known)) return undefined;
    // values given from outside may name things that the model itself does not
    const { graph, point } = keptBuild(request.set ? { ...model, module } : model, request);
    return graph && point && { model, request, graph, point };
  };
  return {
    path: source.name,
    source,
    module,
    program,
    get diagnostics() {
      if (!all) {
        while (check().buildNext());
        all = check().diagnostics();
      }
      return all;
    },
    diagnosticsSoFar: () => all ?? check().diagnostics(),
    buildNext: () => check().buildNext(),
    locate(span) {
      const { name } = span.source;
      const from = document(name)?.starts.get(span.source) ?? 0;
      return { path: name, start: from + span.start, end: from + span.end };
    },
    declarationAt: (offset) => declarationAt(document(source.name) as Document, offset),
    network: (name, request) => (request ? build(name, request) : (build(name, scaling) ?? build(name, {}))),
  };
}

function pairOf<T>(source: Source, value: T | undefined): [string, T][] {
  return value === undefined ? [] : [[source.name, value]];
}

function declarationAt({ pieces }: Document, offset: number): DeclarationAt {
  const piece = pieces.findLast(({ start }) => start <= offset) ?? (pieces[0] as DocumentPiece);
  const { source, start, parsed } = piece;
  const local = offset - start;
  const nodes: readonly (Declaration | ImportNode)[] = [...parsed.ast.imports, ...parsed.ast.declarations];
  const node =
    nodes.find(({ span }) => span.start <= local && local <= span.end) ??
    nodes.findLast(({ span }) => span.end <= local && !isClosed(source.text, span.end));
  return { ...(node && { node }), source, offset: local };
}

/** Whether the statement that ends at an offset is complete: a declaration has its brace, an import its path. */
function isClosed(text: string, end: number): boolean {
  return text[end - 1] === '}' || text[end - 1] === '"';
}

/**
 * Whether a model can be built although something else in its program may be wrong: there is no error in a declaration
 * that it reaches, nor in the imports of the files that contain those.
 */
export function isSound(program: Program, model: DeclaredModel, diagnostics: readonly Diagnostic[]): boolean {
  const wrong = new Set<Source>();
  for (const { severity, span, code } of diagnostics) {
    // what was left unsaid may be wrong anywhere
    if (code === 'more-problems') return false;
    if (severity === 'error' && span) wrong.add(span.source);
  }
  if (wrong.size === 0) return true;
  const reached = new Set<Declared>([model]);
  const paths = new Set<string>();
  for (const { node, module } of reached) {
    if (wrong.has(node.span.source)) return false;
    paths.add(module.path);
    for (const other of module.scope.values()) reached.add(other);
  }
  return !program.modules.some(
    ({ path, ast }) => paths.has(path) && ast.imports.some(({ span }) => wrong.has(span.source)),
  );
}
