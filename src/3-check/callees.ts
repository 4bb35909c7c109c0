import { walkNames } from '../1-parse/walk.ts';
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
    walkNames(
      declared.kind === 'block' ? [declared.node.params, declared.node.body] : declared.node.members,
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
