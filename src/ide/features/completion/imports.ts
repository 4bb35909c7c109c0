import type { Declared, Module } from '../../../2-resolve/program.ts';
import { stdlib } from '../../../stdlib.generated.ts';
import { describeDeclared } from '../../docs/describe.ts';
import { importedPath, importNameOf } from '../../names/import-path.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite, OpenString } from './site.ts';
import { exportsOf, libraryModule, libraryNames } from './workspace-names.ts';

/** What an import can name: modules of the library, and files of the workspace seen from this one. */
export function modulePaths(site: CompletionSite, place?: OpenString): CompletionProposal[] {
  const { analysis, ide } = site;
  const paths = [
    ...Object.keys(stdlib).map((path) => ({ path, rank: path === 'std/blocks' ? 0 : 1, module: libraryModule(path) })),
    ...ide.allFiles().flatMap((file) => {
      const path = file === analysis.path ? undefined : importNameOf(analysis.path, file);
      return path === undefined ? [] : [{ path, rank: 2, module: undefined }];
    }),
  ];
  return paths.map(({ path, rank, module }) => ({
    label: path,
    kind: 'module',
    rank,
    documentation: module
      ? exportsOf(module)
          .map(({ node }) => `\`${node.name.name}\``)
          .join(', ')
      : '',
    insertText: place ? path : `"${path}"`,
    filterText: path,
    ...(place && { replace: { start: place.start, end: place.end } }),
  }));
}

/** The names that an import's braces can take: those of its module, or of the whole library where none is named yet. */
export function importNames(site: CompletionSite): CompletionProposal[] {
  const { piece, prefix } = site;
  const path = pathAfterNames(piece.text, piece.cursor);
  const module = path === undefined ? undefined : moduleAt(site, path);
  const declared: readonly Declared[] = module ? exportsOf(module) : path === undefined ? libraryNames() : [];
  const rest = piece.text.slice(piece.word.end).split('}')[0] ?? '';
  const there = new Set([
    ...prefix.tokens.slice(prefix.statement).map(({ image }) => image),
    ...(rest.match(/\w+/g) ?? []),
  ]);
  return declared
    .filter(({ node }) => !there.has(node.name.name))
    .map((d) => ({
      label: d.node.name.name,
      kind: d.kind,
      rank: site.module.scope.has(d.node.name.name) ? 2 : 0,
      detail: d.module.path,
      documentation: describeDeclared(d, undefined),
    }));
}

/** The path of the import in whose braces the cursor is: the string after them, if any. */
function pathAfterNames(text: string, cursor: number): string | undefined {
  const quote = text.indexOf('"', cursor);
  const end = text.indexOf('"', quote + 1);
  if (quote < 0 || end < 0) return undefined;
  const brace = text.slice(cursor, quote).indexOf('}');
  const between = brace < 0 ? '' : text.slice(cursor + brace + 1, quote).trim();
  const path = text.slice(quote + 1, end);
  return (between === '' || between === 'from') && !path.includes('\n') ? path : undefined;
}

/** The module that an import of this file names. */
function moduleAt({ analysis, ide }: CompletionSite, name: string): Module | undefined {
  if (name.startsWith('std/')) return libraryModule(name);
  const path = importedPath(analysis.path, name);
  return ide.allFiles().includes(path) ? ide.analysis(path)?.module : undefined;
}
