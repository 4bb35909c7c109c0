import type { BlockNode, ModelNode, ParamNode } from '../../1-parse/ast.ts';
import { type BuiltinOp, builtinFunctions, builtinOps, docOf, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Declared } from '../../2-resolve/program.ts';
import type { Signature, SignatureParam } from '../../3-check/signature.ts';
import { variantNames } from '../../3-check/variants.ts';
import { activationFacts, activationNames, slopeParam } from '../../ops/activations.ts';
import { spanText } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import { authored, authoredLine } from './authored.ts';
import { fence, joinParts } from './markdown.ts';
import { interpolationDocs, paddingDocs, settingDocs, variantColumnDocs } from './words.ts';

/** What names mean, as Markdown for hovers, completion and signature help. */

/** A heading as code, its text, and where it comes from. */
function card(code: string, doc: string, from = ''): string {
  return [fence(code), doc, from === '' ? '' : `*${authoredLine(from)}*`].filter((part) => part !== '').join('\n\n');
}

/** A block or a model, with its documentation and, where it is imported, its module. */
export function describeDeclared(declared: Declared, from: Pick<Declared['module'], 'path'> | undefined): string {
  const code = declared.kind === 'block' ? blockHeading(declared.node) : modelHeading(declared.node);
  const where = from && declared.module.path !== from.path ? `from ${declared.module.path}` : '';
  return card(code, authored(declared.node.doc), where);
}

function blockHeading({ name, params }: BlockNode): string {
  const one = `block ${name.name}(${params.map(paramText).join(', ')})`;
  if (one.length <= 80) return one;
  return `block ${name.name}(\n${params.map((p) => `  ${paramText(p)},\n`).join('')})`;
}

function modelHeading(model: ModelNode): string {
  const { name } = model.name;
  const params = paramsOf(model).map((p) => `  param ${paramText(p)}\n`);
  return params.length > 0 ? `model ${name} {\n${params.join('')}}` : `model ${name}`;
}

/** `channels: int`, `kernel: int = 3`: a parameter as its block writes it. */
export function paramText(param: ParamNode): string {
  const type = param.type ? `: ${param.type.name}${param.type.list ? '[]' : ''}` : '';
  const value = param.default ? ` = ${spanText(param.default.span).replace(/\s+/g, ' ')}` : '';
  return `${param.name.name}${type}${value}`;
}

/** The parameters of a block or a model. */
export function paramsOf(node: { readonly kind: string } | undefined): readonly ParamNode[] {
  if (node?.kind === 'block') return (node as BlockNode).params;
  return node?.kind === 'model' ? (node as ModelNode).members.filter((m) => m.kind === 'param') : [];
}

/** A parameter of a block or a model. */
export function describeParam(param: ParamNode, owner: string): string {
  const kind = param.type ? '' : '  // a tensor';
  return card(`${paramText(param)}${kind}`, authored(param.doc), owner === '' ? '' : `parameter of ${owner}`);
}

/** An op's call as it is written: `Conv(channels: int, kernel: int, stride?: int)`. */
export function opHeading({ name, tensors, tensorNames, most, params }: BuiltinOp): string {
  const taken = tensors === 'many' ? ['x', 'y', '...'].slice(0, most) : tensorNames;
  const values = params.map((p) => `${p.name}${p.required ? '' : '?'}: ${p.type}`);
  return `${name}(${[...taken, ...values].join(', ')})`;
}

export function describeOp(op: BuiltinOp): string {
  const params = op.params.map((p) => `- \`${p.name}\`: ${p.doc}`).join('\n');
  return card(opHeading(op), [op.doc, params].filter((part) => part !== '').join('\n\n'), 'an op of the language');
}

/** A parameter of an op. */
export function describeOpParam(op: BuiltinOp, name: string): string | undefined {
  const param = op.params.find((p) => p.name === name);
  if (!param) return undefined;
  return card(`${param.name}: ${param.type}`, param.doc, `parameter of ${op.name}`);
}

/** A name that is part of the language; undefined if it is not. */
export function describeBuiltin(name: string): string | undefined {
  const op = builtinOps.get(name);
  if (op) return describeOp(op);
  const called = builtinFunctions.get(name);
  if (called)
    return card(
      functionHeading(name, called.doc),
      called.doc,
      `a function over ${called.takes === 'list' ? 'a list' : 'numbers'}`,
    );
  const scaled = scalingFunctions.get(name);
  if (scaled !== undefined) return card(`${name}(n)`, scaled, 'a scaling function of models');
  const activation = activationNames.find((own) => own === name);
  if (activation) {
    const call = slopeParam(activation) ? `${name}(x, slope?: real)` : `${name}(x)`;
    return card(call, activationFacts[activation].doc, 'an activation');
  }
  if (Object.hasOwn(paddingDocs, name)) return card(name, paddingDocs[name] ?? '', 'a padding');
  if (Object.hasOwn(interpolationDocs, name)) return card(name, interpolationDocs[name] ?? '', 'an interpolation');
  return undefined;
}

/** `round(x, m = 1)`: how the documentation of a function writes its call. */
export function functionHeading(name: string, doc: string): string {
  const call = doc.match(/^\w+\([^)]*\)/)?.[0];
  if (call !== undefined) return call;
  return name === 'min' || name === 'max' ? `${name}(a, b, ...)` : `${name}(x)`;
}

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
