import type { Graph, GraphNode } from '../../src/5-graph/graph.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { type Diagnostic, hasErrors } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import type { Host } from '../../src/host.ts';

/** A host over files in memory; paths are `/specs/name.enet`. */
export function memoryHost(files: Readonly<Record<string, string>>, root = '/specs'): Host {
  return {
    root,
    readFile: (path) => (Object.hasOwn(files, path) ? new TextEncoder().encode(files[path]) : undefined),
    resolvePath: (from, path) =>
      new URL(path, `file://${from.startsWith('/') ? from : `${root}/${from}`}`).pathname.replace(/\/$/, ''),
  };
}

/** A model `M` with some members, and blocks before it. */
export function model(members: string, before = ''): string {
  const input = /^\s*input /m.test(members) ? '' : '  input image: [3, 32, 32]\n';
  return `${before}\nmodel M {\n${input}${members}\n}\n`;
}

/** Compiles a text that must compile; fails with the rendered errors where it does not. */
export function build(text: string, options: CompileOptions = {}, host?: Host) {
  const result = compile({ name: 'test.enet', text }, options, host);
  if (hasErrors(result.diagnostics) || !result.graph || !result.point) {
    throw new Error(renderDiagnostics(result.diagnostics, { color: false }));
  }
  return { ...result, graph: result.graph, point: result.point };
}

/** What compiling a text complains of: the codes. */
export function problems(text: string, options: CompileOptions = {}): string[] {
  return compile({ name: 'test.enet', text }, options).diagnostics.map((d) => d.code);
}

/** What compiling a text complains of: code and message. */
export function messages(text: string, options: CompileOptions = {}): string[] {
  return compile({ name: 'test.enet', text }, options).diagnostics.map((d: Diagnostic) => `${d.code}: ${d.message}`);
}

/** A graph, a node a line: `stem.conv conv [8, 16, 16] <- image`. */
export function lines(graph: Graph): string[] {
  return graph.nodes.map((node) => {
    const from = node.inputs.map((ref) => {
      const path = graph.nodes[ref.node]?.path;
      return ref.output === 0 ? path : `${path}#${ref.output}`;
    });
    return `${node.path} ${node.op.kind} [${node.shapes[0]?.join(', ')}]${from.length > 0 ? ` <- ${from.join(', ')}` : ''}`;
  });
}

/** The paths of the nodes that own tensors. */
export function paths(graph: Graph): string[] {
  return graph.nodes.flatMap((n) => (n.tensors.length > 0 ? [n.path] : []));
}

export function nodeAt(graph: Graph, path: string): GraphNode {
  const node = graph.nodes.find((n) => n.path === path);
  if (!node) throw new Error(`no node '${path}' among ${graph.nodes.map((n) => n.path).join(', ')}`);
  return node;
}

/** The outputs: `c2 [24, 56, 56]`. */
export function outputs(graph: Graph): string[] {
  return graph.outputs.map((o) => `${o.name} [${graph.nodes[o.value.node]?.shapes[o.value.output]?.join(', ')}]`);
}

export function parameterCount(graph: Graph): number {
  let sum = 0;
  for (const node of graph.nodes) {
    for (const t of node.tensors) if (t.trainable) sum += t.shape.reduce((a, b) => a * b, 1);
  }
  return sum;
}

/** The sentences of how the numbers of a node came about. */
export function traces(graph: Graph, path: string): string[] {
  return nodeAt(graph, path).traces.map((t) => t.text);
}
