import type { Declared, Module } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { emptyHost } from '../../../host.ts';
import { stdlib } from '../../../stdlib.generated.ts';

let modules: ReadonlyMap<string, Module> | undefined;

/** The modules of the library by path, read once: it never changes while the editor runs. */
function libraryModules(): ReadonlyMap<string, Module> {
  if (!modules) {
    const read = new Map<string, Module>();
    for (const name of Object.keys(stdlib)) {
      if (read.has(name)) continue;
      const { program } = resolveProgram({ name, text: stdlib[name] as string }, emptyHost);
      for (const module of program.modules) if (!read.has(module.path)) read.set(module.path, module);
    }
    modules = read;
  }
  return modules;
}

const exports = new WeakMap<Module, readonly Declared[]>();

/** What a file declares itself, which is what an import of it gives. */
export function exportsOf(module: Module): readonly Declared[] {
  let own = exports.get(module);
  if (!own) {
    own = [...module.scope.values()].filter((declared) => declared.module.path === module.path);
    exports.set(module, own);
  }
  return own;
}

/** A module of the library. */
export function libraryModule(path: string): Module | undefined {
  return libraryModules().get(path);
}

/** All blocks and models of the library. */
export function libraryNames(): Declared[] {
  return [...libraryModules().values()].flatMap(exportsOf);
}
