import { error, warning } from './entry.ts';

/** What imports and names of declarations can have wrong. */
export const resolveDiagnostics = {
  'unknown-module': error<{ path: string; hint: string }>(
    (a) => `there is no '${a.path}' in the library${a.hint}`,
    `Paths that begin with \`std/\` are files of the standard library; \`enetc list --modules\` names them. A file of your own is imported by its path: \`"./blocks.enet"\`.`,
  ),
  'import-path': error<{ path: string }>(
    (a) => `'${a.path}' is not a module: write "std/name" for the library or "./name.enet" for a file`,
    `An import names a file of the library, \`"std/blocks"\`, or a file relative to this one, \`"./blocks.enet"\` or \`"../shared/blocks.enet"\`.`,
  ),
  'file-not-found': error<{ path: string }>(
    (a) => `there is no file '${a.path}'`,
    `The path of an import is relative to the file that imports.`,
  ),
  'file-unreadable': error<{ path: string; reason: string }>(
    (a) => `'${a.path}' cannot be read: ${a.reason}`,
    `The file is there but the system refused to give its bytes.`,
  ),
  'import-outside-root': error<{ path: string; root: string }>(
    (a) => `'${a.path}' lies outside of ${a.root}`,
    `A spec may only read files in the folder that it is compiled from: the current folder if the spec lies in it, else the spec's own folder. Compile from a folder that holds both.`,
  ),
  'import-cycle': error<{ cycle: string }>(
    (a) => `imports form a cycle: ${a.cycle}`,
    `Two files that import each other have no order in which they can be read. Move what both need into a third file.`,
  ),
  'not-exported': error<{ name: string; path: string; hint: string }>(
    (a) => `'${a.path}' declares no '${a.name}'${a.hint}`,
    `An import names blocks and models that the other file declares itself; what that file imports does not count.`,
  ),
  'too-many-files': error<{ limit: number }>(
    (a) => `a program has at most ${a.limit} files`,
    `A bound that keeps a generated set of imports from taking all memory.`,
  ),
  'duplicate-declaration': error<{ name: string }>(
    (a) => `'${a.name}' is declared twice`,
    `Blocks, models and imported names share one namespace in a file. Rename one of them.`,
  ),
  'builtin-shadowed': error<{ name: string }>(
    (a) => `'${a.name}' is the language's own name and cannot be declared`,
    `The ops (\`Conv\`, \`BatchNorm\`, ...), the functions (\`round\`, ...) and the activations (\`relu\`, ...) cannot be redeclared by a file.`,
  ),
  'unused-import': warning<{ name: string }>(
    (a) => `'${a.name}' is imported but not used`,
    `Remove the name from the import; \`enetc check --fix\` does.`,
  ),
  'no-model': error<{ file: string }>(
    (a) => `${a.file} declares no model`,
    `Only a \`model\` can be compiled; a \`block\` is a part of one.`,
  ),
  'which-model': error<{ names: string }>(
    (a) => `the file declares several models: ${a.names}; choose one with --model`,
    `\`enetc compile spec.enet --model Name\` builds one of them.`,
  ),
  'unknown-model': error<{ name: string; hint: string }>(
    (a) => `the file declares no model '${a.name}'${a.hint}`,
    `The name given with \`--model\` must be one that the file itself declares.`,
  ),
} as const;
