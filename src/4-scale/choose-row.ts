import type { ModelNode } from '../1-parse/ast.ts';
import { type VariantRow, variantRows } from '../3-check/variants.ts';
import { listNames } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Span } from '../source.ts';
import { scalingOf } from './choose-factors.ts';
import { evaluate } from './evaluate.ts';
import { type Evaluator, fail } from './evaluation.ts';
import type { ScalingRequest } from './scaling.ts';
import type { Env } from './values.ts';

/**
 * The row of `variants` that applies: the one named, or the one that names the phi, or none. @param span of the
 * request, where that is not the command line
 */
export function chooseRow(
  ev: Evaluator,
  env: Env,
  model: ModelNode,
  request: ScalingRequest,
  span: Span | undefined,
): VariantRow | undefined {
  const { variant, phi, rule } = request;
  const rows = variantRows(model);
  const name = model.name.name;
  const names = () => listNames([...rows.keys()]);
  if (phi !== undefined && variant !== undefined) fail('phi-and-variant', span, {});
  if (variant !== undefined) {
    const hint = () => didYouMean(variant, rows.keys());
    return (
      rows.get(variant) ?? fail('unknown-variant', span, { name: variant, model: name, names: names(), hint: hint() })
    );
  }
  if (phi === undefined) return undefined;
  if (!Number.isFinite(phi)) fail('bad-factor', span, { name: 'phi', value: phi, why: 'it must be a finite number' });
  const formula = scalingOf(model)?.variable !== undefined;
  const row = rule === 'formula' ? undefined : rowOfPhi(ev, env, model, phi);
  if (!row && rule === 'published') fail('no-published-row', span, { model: name, phi });
  if (!formula && rule === 'formula') fail('no-formula', span, { model: name });
  if (!row && !formula) fail('no-phi', span, { model: name, phi, names: names() });
  return row;
}

/** The row that names a phi. */
export function rowOfPhi(ev: Evaluator, env: Env, model: ModelNode, phi: number): VariantRow | undefined {
  for (const row of variantRows(model).values()) {
    const cell = row.cell('phi')?.values[0];
    if (cell && evaluate(ev, env, cell) === phi) return row;
  }
  return undefined;
}
