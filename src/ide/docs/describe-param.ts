import { docOf } from '../../2-resolve/builtins.ts';
import type { Signature, SignatureParam } from '../../3-check/signature.ts';
import { variantNames } from '../../3-check/variants.ts';
import { slopeParam } from '../../ops/activations.ts';
import type { Analysis } from '../core/analysis.ts';
import { describeOpParam, describeParam, paramsOf, paramText } from './describe.ts';
import { fence, joinParts } from './markdown.ts';
import { settingDocs, variantColumnDocs } from './words.ts';

/** A parameter of a callee. Markdown; empty where it has none of that name. */
export function describeParamOf(signature: Signature | undefined, name: string, analysis: Analysis): string {
  if (!signature) return '';
  if (signature.op) return describeOpParam(signature.op, name) ?? '';
  const { declared, activation } = signature;
  const slope = name === 'slope' && activation && slopeParam(activation);
  if (slope) return joinParts([fence(`slope: ${slope.type}`), docOf(slope), `*parameter of ${activation}*`]);
  if (declared?.kind === 'model' && name === 'variant') {
    const names = variantNames(declared).join(', ');
    return joinParts([fence('variant'), `A row of the model's variants${names === '' ? '' : `: ${names}`}.`]);
  }
  const param = paramsOf(declared?.node).find((p) => p.name.name === name);
  if (!param) {
    if (declared?.kind !== 'model') return '';
    return name === 'phi'
      ? `The compound coefficient of ${signature.name}.`
      : (variantColumnDocs[name] ?? settingDocs[name] ?? '');
  }
  const from = declared && declared.module.path !== analysis.module.path ? `, ${declared.module.path}` : '';
  return describeParam(param, `${signature.name}${from}`);
}

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
