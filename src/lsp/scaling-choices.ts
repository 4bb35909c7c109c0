import { variantRows } from '../3-check/variants.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import type { ScalingState } from './protocol.ts';
import type { Session } from './session.ts';
import { viewOf } from './view.ts';

/** The chosen point, and the points of a document's models; none without a document. */
export function choicesIn(session: Session, uri?: string): ScalingState {
  const view = uri === undefined ? undefined : viewOf(session, uri);
  const chosen = session.settings.scaling;
  if (!view) return { chosen, models: [] };
  const { module } = view.analysis;
  const models = module.ast.declarations.flatMap((node) => {
    if (node.kind !== 'model') return [];
    const formula = node.members.some((member) => member.kind === 'scaling');
    return [{ name: node.name.name, variants: [...variantRows(node).keys()], formula }];
  });
  return { chosen, models };
}

/** A request in a few words: `phi 2.5`, `variant b3`, `default`. */
export function scalingText(request: ScalingRequest): string {
  const parts = Object.entries(request).map(([name, value]) =>
    typeof value === 'object'
      ? Object.entries(value as Record<string, string>)
          .map(([key, text]) => `${key} = ${text}`)
          .join(', ')
      : `${name} ${value}`,
  );
  return parts.length > 0 ? parts.join(', ') : 'default';
}
