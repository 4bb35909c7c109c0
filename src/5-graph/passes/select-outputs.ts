import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Graph, GraphNode, GraphOutput } from '../graph.ts';
import { mapStrides, whole } from '../stride.ts';
import { removeUnreached } from './remove-unreached.ts';

/**
 * The network up to outputs other than its own: a backbone. What only its own outputs need is left out.
 * @param names paths of steps (`stages.2`, `stem.relu`), or `c1` to `c9`: the last feature map of the stages with a stride of 2, 4, 8
 *   and so on, before the section that pools space away. A step with such a name takes precedence.
 */
export function selectOutputs(
  graph: Graph,
  names: readonly string[],
): { readonly graph?: Graph; readonly diagnostics: readonly Diagnostic[] } {
  const levels = featureLevels(graph);
  const outputs: GraphOutput[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const node = stepValue(graph, name) ?? levels.get(name);
    if (!node) {
      const paths = graph.nodes.map(({ path }) => path);
      const known = [...levels].map(([level, { path }]) => `${level} (${path})`).join(', ');
      const hint = didYouMean(name, new Set([...prefixesOf(paths), ...paths]));
      const byStride = known ? `feature maps by stride are ${known}` : 'the model has no feature maps by stride';
      const args = { name, known: byStride, hint };
      diagnostics.push(createDiagnostic('unknown-output', undefined, args));
    } else {
      const called = name.replaceAll('.', '_');
      if (outputs.some((output) => output.name === called)) {
        diagnostics.push(createDiagnostic('output-twice', undefined, { name }));
      }
      outputs.push({ name: called, value: { node: node.id, output: 0 } });
    }
  }
  if (diagnostics.length > 0) return { diagnostics };
  return { graph: removeUnreached({ ...graph, outputs, auxiliary: [] }), diagnostics };
}

/** What a step gives: of the nodes at or below its path, the last one that others read, or that nothing reads. */
function stepValue(graph: Graph, path: string): GraphNode | undefined {
  const isInside = (node: GraphNode) => node.path === path || node.path.startsWith(`${path}.`);
  const inside = graph.nodes.filter(isInside);
  const readOutside = new Set(
    graph.nodes.flatMap((node) => (isInside(node) ? [] : node.inputs.map((ref) => ref.node))),
  );
  for (const { value } of graph.outputs) readOutside.add(value.node);
  return inside.findLast(({ id }) => readOutside.has(id)) ?? inside.at(-1);
}

/**
 * For `c1`, `c2`...: the last map of that stride at the end of a block, or in a section without blocks, before the head.
 */
function featureLevels(graph: Graph): ReadonlyMap<string, GraphNode> {
  const { nodes } = graph;
  const strides = mapStrides(graph);
  const lastMap = nodes.findLast(({ id, shapes }) => shapes[0]?.length === 3 && strides[id] !== whole);
  const pooled = lastMap && nodes.find(({ id }) => id > lastMap.id && strides[id] === whole);
  const ends = new Map<string, GraphNode>();
  for (const node of nodes) {
    const { section, row, block } = node.place;
    const isMap = node.shapes[0]?.length === 3 && strides[node.id] !== whole && node.op.kind !== 'input';
    if (!isMap || section === pooled?.place.section) continue;
    // within a block a map may still have the stride of the one before
    ends.set(row === undefined ? `node ${node.id}` : JSON.stringify([section, row, block]), node);
  }
  const levels = new Map<string, GraphNode>();
  for (const node of [...ends.values()].sort((a, b) => a.id - b.id)) {
    const level = Math.log2(strides[node.id] as number);
    if (Number.isInteger(level) && level >= 1 && level <= 9) levels.set(`c${level}`, node);
  }
  return new Map([...levels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The paths of steps that have steps below them. */
function prefixesOf(paths: readonly string[]): Set<string> {
  return new Set(
    paths.flatMap((path) => {
      const words = path.split('.');
      return words.map((_, i) => words.slice(0, i + 1).join('.'));
    }),
  );
}
