import { type Code, catalog } from '../diagnostics/catalog.ts';
import { stdlib } from '../stdlib.generated.ts';
import { libraryScheme, uriToPath } from './uris.ts';

/**
 * The texts that have no file, by URI: the library (`enet-library:/std/blocks.enet`) and the explanations of
 * diagnostics (`enet-library:/explain/missing-bar.md`). Undefined for any other.
 */
export function libraryText(uri: string): string | undefined {
  const path = uriToPath(uri);
  if (Object.hasOwn(stdlib, path)) return stdlib[path];
  const code = /^explain\/(.*)\.md$/.exec(path)?.[1];
  return code !== undefined && Object.hasOwn(catalog, code)
    ? `# ${code}\n\n${catalog[code as Code].explanation}\n`
    : undefined;
}

/** Where a diagnostic's explanation can be read. */
export function explanationUri(code: Code): string {
  return `${libraryScheme}:/explain/${code}.md`;
}
