import { readFiles } from '../../../2-resolve/files.ts';
import type { Declared, Module } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { emptyHost } from '../../../host.ts';
import { memoise } from '../../../memoise.ts';
import { stdlib } from '../../../stdlib.generated.ts';

let modules: ReadonlyMap<string, Module> | undefined;

/** The modules of the library by path, read once: it never changes while the editor runs. */
function libraryModules(): ReadonlyMap<string, Module> {
  modules ??= readModules();
  return modules;
}

/** Reads each file once, as one program would that imports them all; without their weight maps, which nothing imports. */
function readModules(): ReadonlyMap<string, Module> {
  const text = Object.keys(stdlib)
    .map((name) => `import { _ } from "${name}"`)
    .join('\n');
  const library = (name: string, whole: string) => ({ name, text: whole.split(/^weights /m, 1)[0] as string });
  const { program } = resolveProgram({ name: 'library', text }, emptyHost, { ...readFiles(emptyHost), library });
  return new Map(program.modules.filter((module) => module.library).map((module) => [module.path, module]));
}

/** A file's own declarations, which can be imported from it. */
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
