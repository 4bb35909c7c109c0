import type { CallNode, ModelNode } from '../../1-parse/ast.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import type { Trace } from '../../4-scale/trace.ts';
import type { AnalysedNetwork } from '../core/analysis.ts';
import { plainArgument } from '../numbers/describe-number.ts';
import { tracesAt } from '../numbers/trace-index.ts';
import type { InlayHint } from './inlay-hint.ts';

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
