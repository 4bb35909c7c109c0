import type { Declared, Module } from '../../../2-resolve/program.ts';
import { stdlib } from '../../../stdlib.generated.ts';
import { describeDeclared } from '../../docs/describe.ts';
import type { Proposal } from './item.ts';
import { exportsOf, libraryModule, libraryNames } from './library-names.ts';
import type { OpenString, Site } from './site.ts';

/** What an import can name: modules of the library, and files of the workspace seen from this one. */
export function modulePaths(site: Site, place?: OpenString): Proposal[] {
  const { analysis, ide } = site;
  const paths = [
    ...Object.keys(stdlib).map((path) => ({ path, rank: path === 'std/blocks' ? 0 : 1, module: libraryModule(path) })),
    ...ide.allFiles().flatMap((file) => {
      const path = file === analysis.path ? undefined : relativePath(analysis.path, file);
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

/** A path as an import writes it: with slashes, beginning with `./` or `../`; undefined on another drive. */
export function relativePath(from: string, to: string): string | undefined {
  const [here, there] = [from, to].map((path) => path.split(/[\\/]/)) as [string[], string[]];
  if (here[0] !== there[0]) return undefined;
  here.pop();
  let same = 0;
  while (same < here.length && same < there.length - 1 && here[same] === there[same]) same++;
  const up = here.length - same;
  return [...(up === 0 ? ['.'] : Array<string>(up).fill('..')), ...there.slice(same)].join('/');
}

/** The names that an import's braces can take: those of its module, or of the whole library where none is named yet. */
export function importNames(site: Site): Proposal[] {
  const { piece, prefix } = site;
  const path = /^[^}"]*\}?\s*(?:from\s*)?"([^"\n]*)"/.exec(piece.text.slice(piece.cursor))?.[1];
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

/** The module that an import of this file names. */
function moduleAt({ analysis, ide }: Site, path: string): Module | undefined {
  if (path.startsWith('std/')) return libraryModule(path);
  const imported = ide.allFiles().find((file) => relativePath(analysis.path, file) === normal(path));
  return imported === undefined ? undefined : ide.analysis(imported)?.module;
}

/** `./../a.enet` is `../a.enet`. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.' || part === '') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts[0] === '..' ? parts.join('/') : `./${parts.join('/')}`;
}
