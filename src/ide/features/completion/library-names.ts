import type { Declared, Module } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { emptyHost } from '../../../host.ts';
import { memoise } from '../../../memoise.ts';
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

/** What a file declares itself, which is what an import of it gives. */
export const exportsOf = memoise(({ scope, path }: Module): readonly Declared[] =>
  [...scope.values()].filter(({ module }) => module.path === path),
);

/** A module of the library. */
export function libraryModule(path: string): Module | undefined {
  return libraryModules().get(path);
}

/** All blocks and models of the library. */
export function libraryNames(): Declared[] {
  return [...libraryModules().values()].flatMap(exportsOf);
}
