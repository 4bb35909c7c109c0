import type { Graph } from '../../5-graph/graph.ts';
import { formatCount, formatShape } from '../../report/format-number.ts';
import { allStageNumbers } from '../../report/stage-numbers.ts';
import { escapeHtml, htmlTable } from './html.ts';

/** The network, one row per stage. */
export function networkTable(graph: Graph): string {
  const rows = [...allStageNumbers(graph).stages].map(([id, { operators, repeats, output, params, macs }]) => {
    const what = `${repeats > 1 ? `${repeats} × ` : ''}${escapeHtml(operators.join(' + '))}`;
    return [
      `${escapeHtml(id)}${operators.length === 0 ? '' : ` <small>${what}</small>`}`,
      formatShape(output),
      formatCount(params),
      formatCount(macs),
    ];
  });
  return htmlTable(['part', 'output', 'parameters', 'MACs'], rows);
}
