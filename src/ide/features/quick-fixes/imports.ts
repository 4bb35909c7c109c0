import { nearestNames } from '../../../diagnostics/nearest.ts';
import { stdlib } from '../../../stdlib.generated.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import { importedPath, importNameOf } from '../../names/import-path.ts';
import { dependentFiles } from '../../names/occurrences.ts';
import type { EditorDiagnostic, EditorFix } from '../diagnostics.ts';
import { importsInto } from '../import-edit.ts';

/** Imports a block or a model that the library or another file of the workspace declares under an unknown name. */
export function addImport(ide: Ide, analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const name = analysis.source.text.slice(d.start, d.end);
  const kinds = d.code === 'unknown-weights-model' ? ['model'] : ['block', 'model'];
  // a file that imports this one cannot be imported by it
  const dependents = new Set(dependentFiles(ide, analysis.path));
  const files = [...Object.keys(stdlib), ...ide.allFiles().filter((path) => !dependents.has(path))];
  return [...new Set(files)].flatMap((path): EditorFix[] => {
    const declared = ide
      .analysis(path)
      ?.module.ast.declarations.some((n) => kinds.includes(n.kind) && n.name.name === name);
    const from = path.startsWith('std/') ? path : importNameOf(analysis.path, path);
    if (!declared || from === undefined) return [];
    const edit = { path: analysis.path, ...importsInto(analysis)(name, from) };
    return [{ title: `Import '${name}' from "${from}"`, safe: false, edits: [edit] }];
  });
}

/** The file of the workspace that an import's path was probably meant to name. */
export function nearestFile(ide: Ide, analysis: Analysis, d: EditorDiagnostic): EditorFix[] {
  const { path, source } = analysis;
  const written = source.text.slice(d.start + 1, d.end - 1);
  const own = ide.allFiles();
  const exact = [`./${written}`, `./${written}.enet`, `${written}.enet`].filter((name) =>
    own.includes(importedPath(path, name)),
  );
  const others = own.flatMap((file) => (file === path ? [] : (importNameOf(path, file) ?? [])));
  const [name] = exact.length > 0 ? exact : nearestNames(written, others);
  if (name === undefined || d.fixes.some((fix) => fix.title.includes(`"${name}"`))) return [];
  const edit = { path, start: d.start, end: d.end, newText: `"${name}"` };
  return [{ title: `Import from "${name}"`, safe: false, edits: [edit] }];
}
