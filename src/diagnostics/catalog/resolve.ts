import { error, warning } from './entry.ts';

/** Errors in imports and in the names of declarations. */
export const resolveDiagnostics = {
  'unknown-module': error<{ path: string; hint: string }>(
    (a) => `there is no '${a.path}' in the library${a.hint}`,
    `Paths that begin with \`std/\` are files of the standard library; \`enetc list --modules\` lists them. Import a file of your own by its path: \`"./blocks.enet"\`.`,
  ),
  'import-path': error<{ path: string }>(
    (a) => `'${a.path}' is not a module: write "std/name" for the library or "./name.enet" for a file`,
    `An import names a file of the library, \`"std/blocks"\`, or a file relative to this one, \`"./blocks.enet"\` or \`"../shared/blocks.enet"\`.`,
  ),
  'file-not-found': error<{ path: string }>(
    (a) => `there is no file '${a.path}'`,
    `An import's path is relative to the importing file.`,
  ),
  'file-unreadable': error<{ path: string; reason: string }>(
    (a) => `'${a.path}' cannot be read: ${a.reason}`,
    `The file exists, but the system could not read it.`,
  ),
  'import-outside-root': error<{ path: string; root: string }>(
    (a) => `'${a.path}' is outside ${a.root}`,
    `A spec may only read files in the folder it is compiled from: the current folder if it contains the spec, else the spec's own folder. Compile from a folder that contains both.`,
  ),
  'import-cycle': error<{ cycle: string }>(
    (a) => `imports form a cycle: ${a.cycle}`,
    `Files that import each other cannot be put in an order. Move what both need into a third file.`,
  ),
  'not-exported': error<{ name: string; path: string; hint: string }>(
    (a) => `'${a.path}' declares no '${a.name}'${a.hint}`,
    `An import names blocks and models that the other file declares itself, not those it imports.`,
  ),
  'too-many-files': error<{ limit: number }>(
    (a) => `a program has at most ${a.limit} files`,
    `This limit keeps a generated set of imports from exhausting memory.`,
  ),
  'duplicate-declaration': error<{ name: string }>(
    (a) => `'${a.name}' is declared twice`,
    `A file's blocks, models and imported names share one namespace. Rename one of them.`,
  ),
  'builtin-shadowed': error<{ name: string }>(
    (a) => `'${a.name}' is built into the language and cannot be declared`,
    `The ops (\`Conv\`, \`BatchNorm\`, ...), the functions (\`round\`, ...) and the activations (\`relu\`, ...) cannot be redeclared.`,
  ),
  'unused-import': warning<{ name: string }>(
    (a) => `'${a.name}' is imported but not used`,
    `Remove the name from the import; \`enetc check --fix\` does this.`,
  ),
  'no-model': error<{ file: string }>(
    (a) => `${a.file} declares no model`,
    `Only a \`model\` can be compiled; a \`block\` is part of one.`,
  ),
  'which-model': error<{ names: string }>(
    (a) => `the file declares several models: ${a.names}; choose one with --model`,
    `\`enetc compile spec.enet --model Name\` builds one of them.`,
  ),
  'unknown-model': error<{ name: string; hint: string }>(
    (a) => `the file declares no model '${a.name}'${a.hint}`,
    `\`--model\` takes a name that the file itself declares.`,
  ),
} as const;
