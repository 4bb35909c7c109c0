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

/** The model to build: the one that is named, or the only one. */
export function chooseModel(
  program: Program,
  name?: string,
): { model?: DeclaredModel; diagnostics: readonly Diagnostic[] } {
  const models = entryModels(program);
  const names = models.map((m) => m.node.name.name);
  const start = { source: program.entry.source, start: 0, end: 0 };
  if (name !== undefined) {
    const model = models.find((m) => m.node.name.name === name);
    if (model) return { model, diagnostics: [] };
    return { diagnostics: [createDiagnostic('unknown-model', undefined, { name, hint: didYouMean(name, names) })] };
  }
  const [model] = models;
  if (!model) return { diagnostics: [createDiagnostic('no-model', start, { file: program.entry.source.name })] };
  if (models.length > 1) {
    const related = models.map((m) => ({ span: m.node.name.span, message: m.node.name.name }));
    return { diagnostics: [createDiagnostic('which-model', undefined, { names: names.join(', ') }, { related })] };
  }
  return { model, diagnostics: [] };
}

/** The weight maps of a program that are for a model. */
export function weightMapsOf(program: Program, model: DeclaredModel): DeclaredWeights[] {
  return program.modules.flatMap((module) =>
    module.ast.declarations.flatMap((node) =>
      node.kind === 'weights' && module.scope.get(node.name.name)?.node === model.node ? [{ node, module, model }] : [],
    ),
  );
}
