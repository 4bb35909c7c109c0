import type { ModelNode } from '../1-parse/ast.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { DeclaredModel, DeclaredWeights, Program } from './program.ts';

/** The models that the entry declares, in order. */
export function entryModels(program: Program): DeclaredModel[] {
  return program.entry.ast.declarations.flatMap((node) => {
    const declared = program.entry.scope.get(node.name.name);
    return declared?.kind === 'model' && declared.node === node ? [declared] : [];
  });
}

/** What is requested of a model, which distinguishes several in a file. */
export interface ModelRequest {
  /** The model's name. */
  readonly model?: string;
  readonly phi?: number;
  readonly variant?: string;
}

/**
 * The model to build: the one that is named, which may be imported, or the only one, or the only one that has the
 * requested phi or variant; in a file of only weight maps the imported one that they are for.
 */
export function chooseModel(
  program: Program,
  request: ModelRequest = {},
): { model?: DeclaredModel; diagnostics: readonly Diagnostic[] } {
  const { model: name } = request;
  const models = entryModels(program);
  const names = models.map((m) => m.node.name.name);
  const start = { source: program.entry.source, start: 0, end: 0 };
  if (name !== undefined) {
    const model = models.find((m) => m.node.name.name === name) ?? importedModel(program, name);
    if (model) return { model, diagnostics: [] };
    return { diagnostics: [createDiagnostic('unknown-model', undefined, { name, hint: didYouMean(name, names) })] };
  }
  const [model] = models.length > 0 ? models : mappedModels(program);
  if (!model) return { diagnostics: [createDiagnostic('no-model', start, { file: program.entry.source.name })] };
  if (models.length > 1) {
    const able = models.filter((m) => canBe(m.node, request));
    if (able.length === 1) return { model: able[0] as DeclaredModel, diagnostics: [] };
    const related = models.map((m) => ({ span: m.node.name.span, message: m.node.name.name }));
    return { diagnostics: [createDiagnostic('which-model', undefined, { names: names.join(', ') }, { related })] };
  }
  return { model, diagnostics: [] };
}

function importedModel({ entry }: Program, name: string): DeclaredModel | undefined {
  const declared = entry.scope.get(name);
  return declared?.kind === 'model' ? declared : undefined;
}

/** The model that a file without its own model is about: the only imported one for which it has weight maps. */
function mappedModels(program: Program): DeclaredModel[] {
  const names = program.entry.ast.declarations.flatMap((d) => (d.kind === 'weights' ? [d.name.name] : []));
  const mapped = [...new Set(names)].flatMap((name) => importedModel(program, name) ?? []);
  return mapped.length === 1 ? mapped : [];
}

/** Whether a model has the requested phi or variant; false if neither is requested. */
function canBe({ members }: ModelNode, { phi, variant }: ModelRequest): boolean {
  const rows = members.find((m) => m.kind === 'variants')?.rows;
  const named = (column: string) => rows?.header.findIndex((h) => h.name === column) ?? -1;
  if (variant !== undefined) {
    return (
      rows?.rows.some(({ cells }) => {
        const name = cells[named('name')]?.values[0];
        return name?.kind === 'name' && name.text === variant;
      }) ?? false
    );
  }
  return phi !== undefined && (named('phi') >= 0 || members.some((m) => m.kind === 'scaling' && m.variable));
}

/** The weight maps of a program that are for a model. */
export function weightMapsOf(program: Program, model: DeclaredModel): DeclaredWeights[] {
  return program.modules.flatMap((module) =>
    module.ast.declarations.flatMap((node) =>
      node.kind === 'weights' && module.scope.get(node.name.name)?.node === model.node ? [{ node, module, model }] : [],
    ),
  );
}
