import type { Arg, CellNode, NameNode, RowsNode, ScalingEntry } from '../1-parse/ast.ts';
import { walkNodes } from '../1-parse/walk.ts';
import { builtinOps } from '../2-resolve/builtins.ts';
import type { Declared } from '../2-resolve/program.ts';

/** What a block or model is made of. */
export interface Callees {
  readonly declared: readonly Declared[];
  /** Whether it names an op with tensors of its own, or takes a block, which may have some. */
  readonly ownsDirectly: boolean;
}

const known = new WeakMap<Declared, Callees>();

/** The blocks and models that one names, as a step or as a value. Found once for each. */
export function calleesOf(declared: Declared): Callees {
  const { module } = declared;
  let callees = known.get(declared);
  if (!callees) {
    const bound = boundNames(declared);
    const found = new Set<Declared>();
    let ownsDirectly = false;
    const isModel = (callee: NameNode) => !bound.has(callee.text) && module.scope.get(callee.text)?.kind === 'model';
    walkUses(
      declared.kind === 'block' ? [declared.node.params, declared.node.body] : declared.node.members,
      isModel,
      new Set(),
      (name) => {
        const [head = ''] = name.parts;
        if (bound.has(head)) {
          ownsDirectly ||= bound.get(head) === 'block';
          return;
        }
        const other = module.scope.get(head);
        if (other) found.add(other);
        else ownsDirectly ||= builtinOps.get(name.text)?.ownsTensors ?? false;
      },
    );
    callees = { declared: [...found], ownsDirectly };
    known.set(declared, callees);
  }
  return callees;
}

type Part = Partial<
  Record<'kind' | 'callee' | 'args' | 'names' | 'sources' | 'item' | 'variable' | 'entries', unknown>
>;

/**
 * Calls `visit` for the names that can mean a block or a model: not for those that name a row or a variant, and not for
 * those that a comprehension or a formula binds.
 */
function walkUses(
  root: unknown,
  isModel: (callee: NameNode) => boolean,
  bound: ReadonlySet<string>,
  visit: (name: NameNode) => void,
): void {
  const walk = (part: unknown, inner = bound) => walkUses(part, isModel, inner, visit);
  const binding = (names: readonly (string | undefined)[]) => new Set([...bound, ...names.flatMap((n) => n ?? [])]);
  walkNodes(root, (node) => {
    const part = node as Part;
    switch (part.kind) {
      case 'name': {
        const name = node as NameNode;
        if (!bound.has(name.parts[0] ?? '')) visit(name);
        return false;
      }
      case 'call':
      case 'step': {
        const callee = part.callee as NameNode;
        const args = part.args as readonly Arg[] | undefined;
        const variant = args?.find((arg) => arg.name?.name === 'variant');
        if (!variant || !isModel(callee)) return true;
        walk([callee, args?.filter((arg) => arg !== variant), (node as { tail?: unknown }).tail]);
        return false;
      }
      case 'rows':
        walk(cellsOf(node as RowsNode));
        return false;
      case 'comprehension':
        walk(part.sources);
        walk(part.item, binding((part.names as readonly { name: string }[]).map((n) => n.name)));
        return false;
      case 'scaling':
        for (const { value, parameter } of part.entries as readonly ScalingEntry[]) {
          const variable = (part.variable as { name: string } | undefined)?.name;
          walk(value, binding([variable, parameter?.name, 'd', 'w', 'r']));
        }
        return false;
      case 'maximize':
      case 'convention':
        return false;
      default:
        return true;
    }
  });
}

/** The cells that hold values; the column `name` holds names for the rows. */
function cellsOf({ header, rows }: RowsNode): (CellNode | undefined)[] {
  const name = header.findIndex((h) => h.name === 'name');
  return rows.flatMap(({ cells }) => cells.filter((_, i) => i !== name));
}

/** Names that mean something inside, so that they are none of the file's; with the type, where one is written. */
function boundNames(declared: Declared): Map<string, string> {
  const names = new Map<string, string>();
  for (const part of declared.kind === 'block'
    ? [...declared.node.params, ...declared.node.body]
    : declared.node.members) {
    if (part.kind === 'param') names.set(part.name.name, part.type?.name ?? '');
    else if (part.kind === 'assign') for (const target of part.targets) names.set(target.name, '');
    else if (part.kind === 'section' || part.kind === 'table' || part.kind === 'input') names.set(part.name.name, '');
  }
  return names;
}
