import { elements, type Graph } from '../../src/5-graph/graph.ts';
import { descriptorOf } from '../../src/ops/ops.ts';
import { isShapeError } from '../../src/ops/shape.ts';

/** What is wrong with a graph that was built: nothing, whatever the spec. */
export function verifyGraph(graph: Graph): string[] {
  const wrong: string[] = [];
  const owners = new Set<string>();
  graph.nodes.forEach((node, i) => {
    if (node.id !== i) wrong.push(`node ${i} says it is ${node.id}`);
    const inputs = node.inputs.map(({ node: from, output }) => {
      if (from >= i) wrong.push(`${node.path} reads a later node`);
      const shape = graph.nodes[from]?.shapes[output];
      if (!shape) wrong.push(`${node.path} reads what is not there`);
      return shape ?? [];
    });
    if (!node.shapes.flat().every((n) => Number.isInteger(n) && n > 0))
      wrong.push(`${node.path} has the shape ${node.shapes}`);
    if (node.op.kind !== 'input') {
      const shapes = descriptorOf(node.op).shapes(node.op, inputs);
      if (isShapeError(shapes) || JSON.stringify(shapes) !== JSON.stringify(node.shapes))
        wrong.push(`${node.path} has another shape`);
    }
    if (node.tensors.length === 0) return;
    if (owners.has(node.path)) wrong.push(`two nodes own ${node.path}`);
    owners.add(node.path);
    for (const t of node.tensors) {
      // a learned tensor has the path itself, and those of a shared step leave out the number of the use
      const [name, path] = [t.name, node.path].map((words) => words.replace(/\.\d+/g, '')) as [string, string];
      const isOwn = name === path || name.startsWith(`${path}.`);
      if (!isOwn || !(elements(t.shape) > 0)) wrong.push(`${t.name} is ${t.shape}`);
    }
  });
  for (const { name, value } of graph.outputs) {
    if (!graph.nodes[value.node]?.shapes[value.output]) wrong.push(`the output ${name} is not there`);
  }
  return wrong;
}
