import type { FileNode, ImportNode } from '../1-parse/ast.ts';
import { createDiagnostic, type Diagnostic, replaceFix } from '../diagnostics/diagnostic.ts';
import { didYouMean, nearestNames } from '../diagnostics/nearest.ts';
import { type Host, isInside } from '../host.ts';
import type { Source, Span } from '../source.ts';
import { stdlib } from '../stdlib.generated.ts';
import { isBuiltinName } from './builtins.ts';
import { type ProgramFiles, readFiles } from './files.ts';
import type { Declared, Module, Program } from './program.ts';

/** Files that one program may have. */
const maxModules = 256;

/** The limit of errors of imports and declarations for one program: a hostile file has any number of them. */
const maxErrors = 100;

interface Loading {
  readonly host: Host;
  readonly files: ProgramFiles;
  readonly diagnostics: Diagnostic[];
  errors: number;
  readonly done: Map<string, Module>;
  /** The chain of files being read, for cycles. */
  readonly stack: string[];
}

function report(loading: Loading, d: Diagnostic): void {
  if (loading.errors++ < maxErrors) loading.diagnostics.push(d);
}

/** A program as far as it could be read, and why not further. */
export interface ResolvedProgram {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a source and everything that it imports. Imports are followed through the host and must stay inside its root; `std/...`
 * names the library. Never throws: what cannot be read is a diagnostic at the import.
 * @param files how files are read, parsed and linked; the editor's keeps what did not change
 */
export function resolveProgram(source: Source, host: Host, files: ProgramFiles = readFiles(host)): ResolvedProgram {
  const loading: Loading = { host, files, diagnostics: [], errors: 0, done: new Map(), stack: [] };
  const library = source.name.startsWith('std/') && stdlib[source.name] === source.text;
  const entry = loadModule(loading, library ? source.name : host.resolvePath('', source.name), source, library);
  return { program: { entry, modules: [...loading.done.values()] }, diagnostics: loading.diagnostics };
}

function loadModule(loading: Loading, path: string, source: Source, library: boolean): Module {
  const { ast, diagnostics } = loading.files.parse(source);
  for (const d of diagnostics) loading.diagnostics.push(d);
  loading.stack.push(path);
  const imported = new Map<string, Declared>();
  for (const node of ast.imports) {
    const module = loadImport(loading, path, library, node);
    if (module) bindNames(loading, imported, node, module);
  }
  const own = ownDeclarations(loading, imported, ast);
  const module = loading.files.link({ path, source, ast, library }, imported, own);
  loading.stack.pop();
  loading.done.set(path, module);
  return module;
}

function loadImport(loading: Loading, from: string, library: boolean, node: ImportNode): Module | undefined {
  const { value: name, span } = node.from;
  if (name === '') return undefined;
  if (name.startsWith('std/')) {
    const text = Object.hasOwn(stdlib, name) ? stdlib[name] : undefined;
    if (text !== undefined) return loadOnce(loading, node, name, () => loading.files.library(name, text), true);
    const fixes = nearestNames(name, Object.keys(stdlib)).map((n) => replaceFix(`Import "${n}"`, span, `"${n}"`));
    report(
      loading,
      createDiagnostic('unknown-module', span, { path: name, hint: didYouMean(name, Object.keys(stdlib)) }, { fixes }),
    );
    return undefined;
  }
  const isPath = name.startsWith('./') || name.startsWith('../') || name.startsWith('/');
  if (library || !isPath || !name.endsWith('.enet')) {
    const fixes = !library && isPath ? [replaceFix('Add the extension', span, `"${name}.enet"`)] : [];
    report(loading, createDiagnostic('import-path', span, { path: name }, { fixes }));
    return undefined;
  }
  const path = loading.host.resolvePath(from, name);
  const { root } = loading.host;
  if (!isInside(path, root)) {
    report(loading, createDiagnostic('import-outside-root', span, { path: name, root: root || 'this source' }));
    return undefined;
  }
  return loadOnce(loading, node, path, () => readSource(loading, node, path, name), false);
}

function loadOnce(
  loading: Loading,
  node: ImportNode,
  path: string,
  read: () => Source | undefined,
  library: boolean,
): Module | undefined {
  const known = loading.done.get(path);
  if (known) return known;
  const { span } = node.from;
  if (loading.stack.includes(path)) {
    const names = [...loading.stack.slice(loading.stack.indexOf(path)), path].map((p) => p.split(/[\\/]/).at(-1));
    report(loading, createDiagnostic('import-cycle', span, { cycle: names.join(' -> ') }));
    return undefined;
  }
  if (loading.done.size + loading.stack.length >= maxModules) {
    report(loading, createDiagnostic('too-many-files', span, { limit: maxModules }));
    return undefined;
  }
  const source = read();
  return source && loadModule(loading, path, source, library);
}

function readSource(loading: Loading, node: ImportNode, path: string, name: string): Source | undefined {
  const { span } = node.from;
  let file: ReturnType<ProgramFiles['read']>;
  try {
    file = loading.files.read(path);
  } catch (e) {
    const reason = e instanceof Error ? e.message : String(e);
    report(loading, createDiagnostic('file-unreadable', span, { path: name, reason }));
    return undefined;
  }
  if (!file) {
    report(loading, createDiagnostic('file-not-found', span, { path: name }));
    return undefined;
  }
  const { source, valid } = file;
  if (!valid) report(loading, createDiagnostic('invalid-utf8', { source, start: 0, end: 0 }, {}));
  return source;
}

function bindNames(loading: Loading, scope: Map<string, Declared>, node: ImportNode, imported: Module): void {
  for (const { name, span } of node.names) {
    if (name === '') continue;
    const declared = imported.scope.get(name);
    if (declared?.module.path !== imported.path) {
      // a file with syntax errors may have lost the declaration; its own errors are enough
      if (imported.ast.declarations.length > 0) reportNotExported(loading, node, name, span, imported);
      continue;
    }
    const other = scope.get(name);
    if (other) reportDuplicate(loading, span, name, other.node);
    else scope.set(name, declared);
  }
}

function reportNotExported(loading: Loading, node: ImportNode, name: string, span: Span, imported: Module): void {
  const exported = [...imported.scope].flatMap(([own, d]) => (d.module.path === imported.path ? [own] : []));
  const fixes = nearestNames(name, exported).map((n) => replaceFix(`Import '${n}'`, span, n));
  const data = { name, path: node.from.value, hint: didYouMean(name, exported) };
  report(loading, createDiagnostic('not-exported', span, data, { fixes }));
}

function reportDuplicate(loading: Loading, span: Span, name: string, other: Declared['node']): void {
  const related = [{ span: other.name.span, message: `the first '${name}'` }];
  report(loading, createDiagnostic('duplicate-declaration', span, { name }, { related }));
}

/** The blocks and models of a file by name, the first where there are several. */
function ownDeclarations(
  loading: Loading,
  imported: ReadonlyMap<string, Declared>,
  ast: FileNode,
): Map<string, Declared['node']> {
  const own = new Map<string, Declared['node']>();
  for (const node of ast.declarations) {
    const { name, span } = node.name;
    if (node.kind === 'weights' || name === '') continue;
    if (isBuiltinName(name)) {
      report(loading, createDiagnostic('builtin-shadowed', span, { name }));
      continue;
    }
    const other = imported.get(name)?.node ?? own.get(name);
    if (other) reportDuplicate(loading, span, name, other);
    else own.set(name, node);
  }
  return own;
}
