import type { Expr, ModelNode } from '../1-parse/ast.ts';
import { parseExpression } from '../1-parse/parse.ts';
import { walkNames } from '../1-parse/walk.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { fail } from './evaluation.ts';
import type { ScalingRequest } from './scaling.ts';

/** What the command line sets, by name as `--set` gives it. */
export interface Overrides {
  readonly params: ReadonlyMap<string, Expr>;
  /** Cells by their path: `stages.2.kernel`. */
  readonly cells: ReadonlyMap<string, Expr>;
}

export const noOverrides: Overrides = { params: new Map(), cells: new Map() };

/** Reads the values given with `--set` and `--resolution`. Says what is no value, and what sets nothing. */
export function readOverrides(model: ModelNode, request: ScalingRequest): Overrides {
  const params = new Map<string, Expr>();
  const cells = new Map<string, Expr>();
  const known = new Set(model.members.flatMap((m) => (m.kind === 'param' ? [m.name.name] : [])));
  for (const { name, text, option } of requested(request)) {
    const { expr, diagnostics } = parseExpression({ name: option, text });
    const [first] = diagnostics;
    if (first || expr.kind === 'error')
      fail('bad-override', undefined, { option, why: first?.message ?? 'there is no value' });
    if (name.includes('.')) cells.set(name, expr);
    else if (!known.has(name)) {
      fail('unknown-override', undefined, { option, name, model: model.name.name, hint: didYouMean(name, known) });
    } else if (!isRead(model, name)) {
      fail('unused-override', undefined, { option, why: `nothing in '${model.name.name}' reads '${name}'` });
    } else params.set(name, expr);
  }
  return { params, cells };
}

function requested({ set = {}, resolution }: ScalingRequest): { name: string; text: string; option: string }[] {
  const given = Object.entries(set).map(([name, text]) => ({ name, text, option: `--set ${name}` }));
  if (resolution === undefined || Object.hasOwn(set, 'resolution')) return given;
  return [...given, { name: 'resolution', text: String(resolution), option: '--resolution' }];
}

/** Whether anything in a model reads a name. */
function isRead(model: ModelNode, wanted: string): boolean {
  let found = false;
  walkNames(model.members, (name) => {
    found ||= name.parts[0] === wanted;
  });
  return found;
}
