import type { Arg, CallNode, Expr, Member, StepNode, Tail } from '../../../1-parse/ast.ts';
import { declaredType, isListType, oneTensor } from '../../../3-check/types.ts';
import { paramsOf } from '../../docs/describe.ts';
import type { TreeNode } from '../../tree/node-path.ts';
import { callOf, settingsOf } from './call-at.ts';
import type { CompletionSite } from './site.ts';
import { tableAt } from './table-at.ts';
import type { Wanted } from './values.ts';

/** The contexts of an expression. Arguments, cells and entries of `scaling` have no kind. */
type Parent = (Member | Expr | StepNode) & { readonly tail?: Tail };

const anything: Wanted = { type: 'unknown' };

/** The value that the place of the cursor wants, as far as it is known. */
export function wantedAt(site: CompletionSite): Wanted {
  return wantedOf(site, site.path);
}

/** The value wanted from the last node of a path. */
function wantedOf(site: CompletionSite, path: readonly TreeNode[]): Wanted {
  const outer = path.slice(0, -1);
  const node = path.at(-1) as Expr;
  const parent = outer.at(-1) as Parent | undefined;
  if (!parent) return anything;
  if (parent.tail?.condition === node) return { type: 'bool' };
  switch (parent.kind) {
    case 'binary':
      return node === parent.left ? wantedOf(site, outer) : operandWanted(parent.operator, () => wantedOf(site, outer));
    case 'unary':
      return operandWanted(parent.operator, () => wantedOf(site, outer));
    case 'index':
      return node === parent.index ? { type: 'number' } : anything;
    case 'comprehension':
      return parent.sources.includes(node) ? { type: { list: 'unknown' } } : elementOf(wantedOf(site, outer));
    case 'list':
      return elementOf(wantedOf(site, outer));
    case 'conditional':
      return node === parent.condition ? { type: 'bool' } : wantedOf(site, outer);
    case 'chain':
    case 'choice':
      return wantedOf(site, outer);
    case 'param':
      return { type: declaredType(parent), name: parent.name.name };
    case 'input':
      return { type: { list: 'number' }, name: 'resolution' };
    case 'auxiliary':
      return { type: node === parent.weight ? 'number' : oneTensor };
    case 'maximize':
      return { type: 'number' };
    case 'require':
      return { type: 'bool' };
    case 'return':
      return { type: oneTensor };
    default:
      if (outer.at(-3)?.kind === 'rows') return cellWanted(site);
      if (outer.at(-2)?.kind === 'scaling') return { type: 'number' };
      return parent.kind === undefined ? argumentWanted(site, outer) : anything;
  }
}

/** The value wanted from an operand after its operator. */
function operandWanted(operator: string, whole: () => Wanted): Wanted {
  if (operator === '==' || operator === '!=') return { type: 'unknown', inside: true };
  if (operator === 'and' || operator === 'or' || operator === 'not') return { type: 'bool', inside: true };
  return { ...whole(), type: 'number', inside: true };
}

function elementOf(wanted: Wanted): Wanted {
  return { ...wanted, type: isListType(wanted.type) ? wanted.type.list : wanted.type };
}

function argumentWanted(site: CompletionSite, path: readonly TreeNode[]): Wanted {
  const call = callOf(site, path);
  if (call) {
    const { param, signature } = call;
    if (!param) return { type: signature.tensors === 'many' ? oneTensor : 'unknown' };
    return { type: param.type, name: param.name };
  }
  const settings = settingsOf(path);
  if (settings) return { type: settings.get((path.at(-1) as Arg).name?.name ?? '') ?? 'unknown' };
  // functions over numbers; what w, d and r are given is a number too
  const { text } = (path.at(-2) as CallNode).callee ?? { text: '' };
  return { type: /^[a-z]/.test(text) && !isActivation(site, text) ? 'number' : 'unknown' };
}

function isActivation(site: CompletionSite, name: string): boolean {
  const type = site.scope.names.get(name)?.type;
  return type === 'activation' || type === 'block';
}

function cellWanted(site: CompletionSite): Wanted {
  const table = tableAt(site);
  const column = table?.header[table.column];
  if (!table || column === undefined || table.kind === 'weights') return anything;
  if (table.kind === 'variants') {
    const param = paramsOf(site.piece.node).find((p) => p.name.name === column);
    return { type: param ? declaredType(param) : 'number', name: column };
  }
  if (column === 'block') return { type: 'block' };
  if (column === 'repeat') return { type: 'number', name: column };
  const param = table.blocks.map((b) => b.byName.get(column)).find((p) => p && !p.tensor);
  return { type: param?.type ?? 'unknown', name: column };
}
