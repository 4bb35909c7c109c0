import { readFiles } from '../../../2-resolve/files.ts';
import type { Declared, Module } from '../../../2-resolve/program.ts';
import { resolveProgram } from '../../../2-resolve/resolve.ts';
import { signatureOf } from '../../../3-check/signature.ts';
import { emptyHost } from '../../../host.ts';
import { memoise } from '../../../memoise.ts';
import { stdlib } from '../../../stdlib.generated.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { Ide } from '../../core/ide.ts';
import { importNameOf } from '../../names/import-path.ts';
import { matchScore } from '../workspace-symbols.ts';
import type { ScopeAt } from './scope-at.ts';

/** A block or a model that another file of the workspace declares. */
export interface WorkspaceName {
  readonly declared: Declared;
  /** Its file, as an import of this file names it. */
  readonly from: string;
}

/** What of the workspace's other files can be a step, with an import of it. */
export interface WorkspaceNames {
  readonly names: readonly WorkspaceName[];
  /** Whether there were too many, and those are left out that are the least like what is typed. */
  readonly isPart: boolean;
}

/** How many are offered at most: a list is sent as a whole, and again with each key. */
const most = 250;

/**
 * The blocks and models of the workspace's other files that a file does not have yet. Files that have not been read yet are read and kept.
 * @param typed the word at the cursor, up to the cursor
 */
export function workspaceNames(ide: Ide, module: Module, scope: ScopeAt, typed: string): WorkspaceNames {
  const free = module.library
    ? []
    : namesInOtherFiles(ide, module.path).filter(({ declared: { node } }) => {
        const { name } = node.name;
        return !module.scope.has(name) && !scope.names.has(name);
      });
  if (free.length <= most) return { names: free, isPart: false };
  return { names: bestOf(free, typed).slice(0, most), isPart: true };
}

interface Kept {
  readonly path: string;
  readonly version: number;
  readonly names: readonly WorkspaceName[];
}

/** What was found last, as long as nothing changes but the file in which one types. */
const kept = new WeakMap<Ide, Kept>();

/** All that a file can import of the workspace and that can be a step, in the order of the files. */
function namesInOtherFiles(ide: Ide, path: string): readonly WorkspaceName[] {
  const version = ide.versionExcept(path);
  const last = kept.get(ide);
  if (last?.path === path && last.version === version) return last.names;
  const names = ide.allFiles().flatMap((file) => {
    const analysis = file === path ? undefined : ide.analysis(file);
    const from = analysis && importNameIn(path, analysis);
    if (!analysis || from === undefined) return [];
    const steps = exportsOf(analysis.module).filter((declared) => signatureOf(declared).tensors !== 0);
    return steps.map((declared): WorkspaceName => ({ declared, from }));
  });
  kept.set(ide, { path, version, names });
  return names;
}

/** How a file imports another; undefined if it cannot. */
function importNameIn(path: string, { path: other, program }: Analysis): string | undefined {
  // a file that imports this one cannot be imported by it
  if (!other.endsWith('.enet') || program.modules.some((m) => m.path === path)) return undefined;
  const from = importNameOf(path, other);
  // a string has no way to write a quote
  return from === undefined || /["\r\n]/.test(from) ? undefined : from;
}

/** Those that may be meant by what is typed, the likeliest first. */
function bestOf(names: readonly WorkspaceName[], typed: string): readonly WorkspaceName[] {
  if (typed === '') return names;
  const scores = names.flatMap((name): [WorkspaceName, number][] => {
    const score = matchScore(typed, name.declared.node.name.name);
    return score === undefined ? [] : [[name, score]];
  });
  return scores.sort(([, a], [, b]) => a - b).map(([name]) => name);
}

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
