import type { CallNode, CellNode, ModelNode, RowsNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { Trace } from '../../4-scale/trace.ts';
import { formatFactor } from '../../report/format-number.ts';
import type { AnalysedNetwork } from '../core/analysis.ts';
import { plainArgument } from '../numbers/describe-number.ts';
import { pointName } from '../numbers/network-numbers.ts';
import { tracesAt } from '../numbers/trace-index.ts';
import { placesOfTable, tablesIn } from '../tree/table-rows.ts';

/** The values of scaled numbers in sections, outside of tables: `w(32)` is 48. Nothing if the value is as written. */
export function callHints(model: ModelNode, network: AnalysedNetwork): InlayHint[] {
  const hints: InlayHint[] = [];
  for (const member of model.members) {
    // parameters have their own hint, tables align theirs
    if (member.kind === 'param' || member.kind === 'variants' || member.kind === 'table') continue;
    walkNodes(member, (node) => {
      if (node.kind === 'rows' || node.kind === 'scaling') return false;
      if (node.kind !== 'call') return true;
      const value = callValue(network, node as CallNode);
      if (value?.changed) hints.push(valueHint((node as CallNode).span.end, `= ${value.text}`, value.traces));
      return true;
    });
  }
  return hints;
}

/** A call's value in a network. */
export interface CallValue {
  readonly text: string;
  /** Whether it differs from the text: `w(80)` is 80 where nothing scales it. */
  readonly changed: boolean;
  readonly traces: readonly Trace[];
}

/** The value of a call that scales or rounds; if it is evaluated several times, all values, separated by commas. */
export function callValue({ graph }: AnalysedNetwork, call: CallNode): CallValue | undefined {
  const traces = tracesAt(graph, call.span);
  if (traces.length === 0) return undefined;
  const results = [...new Set(traces.map((t) => t.result))];
  const text = results.length <= 3 ? results.join(', ') : `${results[0]} … ${results.at(-1)}`;
  return { text, changed: results.length > 1 || plainArgument(call) !== results[0], traces };
}

export function valueHint(offset: number, label: string, traces: readonly Trace[]): InlayHint {
  return { offset, label, tooltip: [...new Set(traces.map((t) => t.text))].slice(0, 8).join('\n\n'), kind: 'value' };
}

/** A text that the editor shows within the document's, at an offset. */
export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  /** Markdown, shown on hover. */
  readonly tooltip: string;
  /**
   * `value`: a number's value at the chosen point; `shape`: the output's shape; `parameter`: an argument's parameter.
   */
  readonly kind: 'value' | 'shape' | 'parameter';
}

/** The values of a model's parameters, where they are not the default as written. */
export function paramHints(model: ModelNode, { point }: AnalysedNetwork): InlayHint[] {
  return model.members.flatMap((member) => {
    if (member.kind !== 'param' || !member.default) return [];
    const value = point.params.find((p) => p.name === member.name.name);
    const { span } = member.default;
    const written = span.source.text.slice(span.start, span.end);
    if (!value || value.text === written || sameNumber(value.text, written)) return [];
    // `r(224)` that is 224 is as written
    if (value.origin === 'default' && written.includes(`(${value.text})`)) return [];
    const tooltip = value.trace || `from ${value.source}`;
    // `r(224)` is not what a row states: the row's name is put before it
    const label = value.origin === 'variant' ? `${point.variant}: ${value.text}` : `= ${value.text}`;
    return [{ offset: span.end, label, tooltip, kind: 'value' as const }];
  });
}

function sameNumber(a: string, b: string): boolean {
  return Number.isFinite(Number(a)) && Number(a) === Number(b);
}

/** What the formulas of `scaling` give; nothing if a row or an option gives the factor. */
export function scalingHints(model: ModelNode, { point }: AnalysedNetwork): InlayHint[] {
  return model.members.flatMap((member) => {
    if (member.kind !== 'scaling') return [];
    return member.entries.flatMap(({ name: { name }, parameter, value }) => {
      if (parameter || (name !== 'd' && name !== 'w' && name !== 'r')) return [];
      const factor = point[name];
      if (factor.origin !== 'formula') return [];
      return [
        {
          offset: value.span.end,
          label: `= ${formatFactor(factor.value)}`,
          tooltip: factor.source,
          kind: 'value' as const,
        },
      ];
    });
  });
}

/** A name longer than this does not widen a column. */
const longestName = 8;

/**
 * The values of scaled numbers in tables. A column with a value that differs from the text has a hint in each row, all
 * of one length, and the point's name at its head, so that the bars stay aligned.
 */
export function tableHints(model: ModelNode, network: AnalysedNetwork): InlayHint[] {
  return tablesOf(model, network).flatMap((rows) =>
    rows.header.flatMap((_, column) => columnHints(rows, column, network)),
  );
}

/** The tables that sections of the model build at this point. */
export function tablesOf(model: ModelNode, network: AnalysedNetwork): RowsNode[] {
  return tablesIn(model).filter((rows) => placesOfTable(model, rows, network.point).length > 0);
}

function columnHints({ header, rows }: RowsNode, column: number, network: AnalysedNetwork): InlayHint[] {
  const cells = rows.map((row) => row.cells[column]);
  const values = cells.map((cell) => cell && cellValue(network, cell));
  if (!values.some((value) => value?.changed)) return [];
  const name = pointName(network.point);
  const longest = Math.max(...values.map((value) => value?.text.length ?? 0));
  const width = Math.max(longest + 2, name.length <= longestName ? name.length : 0);
  const hints = cells.flatMap((cell, i) => {
    const value = values[i];
    // a cell without a scaled number takes the same room
    const text = value ? `= ${value.text.padStart(width - 2)}` : ' '.repeat(width);
    return cell ? [valueHint(cell.span.end, text, value?.traces ?? [])] : [];
  });
  const head = header[column];
  if (head) hints.push(valueHint(head.span.end, cut(name, width).padEnd(width), []));
  return hints;
}

/** The one scaled number of a cell; undefined if it has none or several. */
function cellValue(network: AnalysedNetwork, cell: CellNode): CallValue | undefined {
  const found: CallValue[] = [];
  walkNodes(cell, (node) => {
    const value = node.kind === 'call' ? callValue(network, node as CallNode) : undefined;
    if (value) found.push(value);
    return !value;
  });
  return found.length === 1 ? found[0] : undefined;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
