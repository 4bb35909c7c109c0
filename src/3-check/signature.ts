import type { ModelNode, ParamNode } from '../1-parse/ast.ts';
import type { BuiltinOp } from '../2-resolve/builtins.ts';
import type { Declared } from '../2-resolve/program.ts';
import { type ActivationName, activationNames, slopeParam } from '../ops/activations.ts';
import type { ParamType } from '../ops/signature.ts';
import { conventionSettings } from './convention-settings.ts';
import { declaredType, isListType, listType, oneTensor, type Type, takesTensors } from './types.ts';

export interface SignatureParam {
  readonly name: string;
  readonly type: Type;
  /** Whether only whole numbers will do. */
  readonly whole: boolean;
  readonly tensor: boolean;
  /** The index of a tensor parameter among the tensor parameters. */
  readonly place: number;
  readonly required: boolean;
  /** Whether it is given by name only: what chooses a model's point, or a stray number would be a phi. */
  readonly named?: boolean;
}

/** What can be called as a step: an op, a block, or a model used as one. */
export interface Signature {
  readonly name: string;
  /** The name as a word of a path: `global_avg_pool`. */
  readonly word: string;
  /** How many tensor parameters it has; `many` for ops over two or more, or over a list. */
  readonly tensors: number | 'many';
  /** Whether the last of the tensor parameters takes any number of tensors, as a list. */
  readonly takesList: boolean;
  readonly params: readonly SignatureParam[];
  /** Those that are not tensors, in order: what positional arguments of a table's block fill. */
  readonly values: readonly SignatureParam[];
  readonly byName: ReadonlyMap<string, SignatureParam>;
  readonly declared?: Declared;
  readonly op?: BuiltinOp;
  /** The name of an activation of the language. */
  readonly activation?: ActivationName;
}

const signatures = new WeakMap<BuiltinOp | Declared, Signature>();

/** The signature of an op, a block or a model. Made once for each. */
export function signatureOf(callee: BuiltinOp | Declared): Signature {
  let signature = signatures.get(callee);
  if (!signature) {
    signature = 'node' in callee ? declaredSignature(callee) : opSignature(callee);
    signatures.set(callee, signature);
  }
  return signature;
}

/** The signature of a parameter of type `activation` as a step: one tensor and nothing else. */
export function pointwiseSignature(name: string): Signature {
  return createSignature(name, [tensorParam('x')], {});
}

const activationSignatures = new Map(
  activationNames.map((name) => {
    const slope = { name: 'slope', type: 'number', whole: false, tensor: false, required: false } as const;
    const params = slopeParam(name) ? [tensorParam('x'), slope] : [tensorParam('x')];
    return [name, createSignature(name, params, { activation: name })];
  }),
);

/** An activation as a step: it takes one tensor, and its slope where it has one. */
export function activationSignature(name: ActivationName): Signature {
  return activationSignatures.get(name) as Signature;
}

function createSignature(
  name: string,
  listed: readonly Omit<SignatureParam, 'place'>[],
  source: Pick<Signature, 'declared' | 'op' | 'activation'>,
): Signature {
  let place = 0;
  const params = listed.map((p): SignatureParam => ({ ...p, place: p.tensor ? place++ : -1 }));
  const tensors = source.op?.tensors === 'many' ? 'many' : place;
  const byName = new Map(params.map((p) => [p.name, p]));
  const takesList = params.some((p) => p.tensor && isListType(p.type));
  const values = params.filter((p) => !p.tensor);
  return { name, word: pathWord(name), tensors, takesList, params, values, byName, ...source };
}

function opSignature(op: BuiltinOp): Signature {
  const tensors = op.tensorNames.map(tensorParam);
  const values = op.params.map((p) => {
    return { name: p.name, type: typeOfParam(p.type), whole: p.type === 'int', tensor: false, required: p.required };
  });
  return createSignature(op.name, [...tensors, ...values], { op });
}

function typeOfParam(type: ParamType): Type {
  if (type === 'int' || type === 'real') return 'number';
  if (type === 'int[]') return listType('number');
  return type === 'tensor' ? oneTensor : type;
}

function declaredSignature(declared: Declared): Signature {
  const { name } = declared.node.name;
  if (declared.kind === 'block') return createSignature(name, declared.node.params.map(paramSignature), { declared });
  const { members } = declared.node;
  const inputs = members.flatMap((m) => (m.kind === 'input' ? [tensorParam(m.name.name)] : []));
  const params = members.flatMap((m) => (m.kind === 'param' ? [paramSignature(m)] : []));
  const choice = ['variant', 'phi', 'd', 'w', 'r'].map((point): Omit<SignatureParam, 'place'> => {
    const type = point === 'variant' ? 'variant' : 'number';
    return { name: point, type, whole: false, tensor: false, required: false, named: true };
  });
  const settings = stepSettings(declared.node).map(([setting, type]): Omit<SignatureParam, 'place'> => {
    return { name: setting, type, whole: false, tensor: false, required: false, named: true };
  });
  return createSignature(name, [...inputs, ...params, ...choice, ...settings], { declared });
}

/** The settings of its convention that a model as a step takes: those that are not parameters of its own. */
export function stepSettings(model: ModelNode): readonly (readonly [name: string, type: Type])[] {
  const own = new Set(model.members.flatMap((m) => (m.kind === 'param' || m.kind === 'input' ? [m.name.name] : [])));
  return [...conventionSettings].filter(([name]) => !own.has(name));
}

function tensorParam(name: string): Omit<SignatureParam, 'place'> {
  return { name, type: oneTensor, whole: false, tensor: true, required: true };
}

function paramSignature(param: ParamNode): Omit<SignatureParam, 'place'> {
  return {
    name: param.name.name,
    type: declaredType(param),
    whole: param.type?.name === 'int',
    tensor: takesTensors(param),
    required: !param.default,
  };
}

/** A callee's name as a word of a path: `GlobalAvgPool` is `global_avg_pool`. */
export function pathWord(name: string): string {
  return name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();
}
