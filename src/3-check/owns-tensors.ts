import type { Declared } from '../2-resolve/program.ts';
import { calleesOf } from './callees.ts';

const known = new WeakMap<Declared, boolean>();

/**
 * Whether a block or model has tensors of its own anywhere in it, and so needs a label to give them paths. Depth first
 * over its parts, without recursion: a chain of blocks may be long.
 */
export function ownsTensors(declared: Declared): boolean {
  const open: { readonly declared: Declared; next: number }[] = [];
  const enter = (d: Declared) => {
    const { ownsDirectly } = calleesOf(d);
    known.set(d, ownsDirectly); // false until shown otherwise; a recursive block is reported elsewhere
    if (!ownsDirectly) open.push({ declared: d, next: 0 });
  };
  if (!known.has(declared)) enter(declared);
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const callee = calleesOf(top.declared).declared[top.next];
    if (!callee || known.get(top.declared)) open.pop();
    else if (!known.has(callee)) enter(callee);
    else {
      top.next++;
      if (known.get(callee)) known.set(top.declared, true);
    }
  }
  return known.get(declared) ?? false;
}
