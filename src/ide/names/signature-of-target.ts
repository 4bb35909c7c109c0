import type { Declaration, NameNode } from '../../1-parse/ast.ts';
import type { FileScope } from '../../3-check/meanings/called-blocks.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import { freeMeaning } from '../../3-check/meanings/free-meaning.ts';
import type { NameTarget } from '../../3-check/meanings/occurrence.ts';
import { activationSignature, type Signature, signatureOf } from '../../3-check/signature.ts';
import type { ActivationName } from '../../ops/activations.ts';

/** The signature of what a name calls; for a parameter of type `block`, that of its default. */
export function signatureOfTarget(module: FileScope, target: NameTarget): Signature | undefined {
  if (target.kind === 'local') {
    const held = target.local.param?.default;
    return held?.kind === 'name' ? signatureOfTarget(module, { kind: 'free', name: held.text }) : undefined;
  }
  if (target.kind !== 'free') return undefined;
  const { name } = target;
  const meaning = freeMeaning(module, name);
  if (meaning?.kind === 'declared') return signatureOf(meaning.declared);
  if (meaning?.kind === 'op') return signatureOf(meaning.op);
  return meaning?.kind === 'activation' ? activationSignature(name as ActivationName) : undefined;
}

/** The signature of what a call in a declaration's tree names. */
export function signatureOfCallee(
  module: FileScope,
  declaration: Declaration,
  callee: NameNode,
): Signature | undefined {
  const target = meaningsOf(declaration).targets.get(callee);
  return target && signatureOfTarget(module, target);
}
