import { builtinOps } from '../2-resolve/builtins.ts';
import type { Declared } from '../2-resolve/program.ts';
import { modelOfVariant } from './meanings/called-blocks.ts';
import { meaningsOf } from './meanings/declaration-names.ts';
import type { NameTarget } from './meanings/occurrence.ts';

/** The parts of a block or model. */
export interface Callees {
  readonly declared: readonly Declared[];
  /** Whether it names an op with tensors of its own, or takes a block, which may have some. */
  readonly ownsDirectly: boolean;
}

const known = new WeakMap<Declared, Callees>();

/** The blocks and models that one names, as a step or as a value. Found once for each. */
export function calleesOf(declared: Declared): Callees {
  let callees = known.get(declared);
  if (!callees) {
    callees = findCallees(declared);
    known.set(declared, callees);
  }
  return callees;
}

function findCallees({ node, module: { scope } }: Declared): Callees {
  const found = new Set<Declared>();
  let ownsDirectly = false;
  const add = (target: NameTarget) => {
    if (target.kind === 'local') ownsDirectly ||= target.local.param?.type?.name === 'block';
    else if (target.kind === 'chosen') {
      // a variant of a model is not a name of the file
      if (!modelOfVariant({ scope }, target)) add(target.otherwise);
    } else if (target.kind === 'free') {
      const other = scope.get(target.name);
      if (other) found.add(other);
      else ownsDirectly ||= builtinOps.get(target.name)?.ownsTensors ?? false;
    }
  };
  for (const target of meaningsOf(node).targets.values()) add(target);
  return { declared: [...found], ownsDirectly };
}
