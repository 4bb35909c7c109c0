import { nodeCost } from '../../5-graph/cost.ts';
import type { Graph, GraphNode } from '../../5-graph/graph.ts';
import { escapeHtml, htmlTable, shortNumber } from './html.ts';

/** The network, a row a section or a row of a section's table. */
export function networkTable(graph: Graph): string {
  const groups = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const { section, row } = node.place;
    const id = row === undefined ? section : `${section}.${row}`;
    if (node.op.kind !== 'input') groups.set(id, [...(groups.get(id) ?? []), node]);
  }
  const rows = [...groups].map(([id, nodes]) => {
    const costs = nodes.map((node) => nodeCost(graph, node));
    const sum = (of: 'params' | 'macs') => costs.reduce((total, cost) => total + cost[of], 0);
    const blocks = new Set(nodes.map((node) => node.place.block)).size;
    const operators = new Set(nodes.flatMap((node) => node.place.operator ?? []));
    const what = [...operators].join(' + ');
    return [
      `${escapeHtml(id)}${what === '' ? '' : ` <small>${blocks > 1 ? `${blocks} × ` : ''}${escapeHtml(what)}</small>`}`,
      (nodes.at(-1)?.shapes[0] ?? []).join(' × '),
      count(sum('params')),
      count(sum('macs')),
    ];
  });
  return htmlTable(['part', 'output', 'parameters', 'MACs'], rows);
}

/** `5.29 M` */
export function count(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${shortNumber(rest)}${units[unit]}`;
}
