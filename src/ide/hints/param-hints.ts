import type { ModelNode } from '../../1-parse/ast.ts';
import { formatFactor } from '../../report/format-number.ts';
import type { AnalysedNetwork } from '../core/analysis.ts';
import type { InlayHint } from './inlay-hint.ts';

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
