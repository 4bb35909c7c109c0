import type { Signature, SignatureParam } from '../../3-check/signature.ts';
import { paramsOf, paramText } from './describe.ts';

/** A parameter as a signature shows it: `kernel: int = 3`, and of an op, whose defaults are described in words, `stride?: int`. */
export function paramLabel(
  { op, declared, activation }: Signature,
  { name, tensor, required }: SignatureParam,
): string {
  const own = op?.params.find((p) => p.name === name);
  if (own) return `${name}${required ? '' : '?'}: ${own.type}`;
  if (activation && !tensor) return `${name}?: real`;
  if (tensor || !declared) return name;
  const param = paramsOf(declared.node).find((p) => p.name.name === name);
  return param ? paramText(param) : `${name}?`;
}
