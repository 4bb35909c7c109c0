import type { Arg } from '../1-parse/ast.ts';
import type { BuiltinOp } from '../2-resolve/builtins.ts';
import { guessParameter } from '../2-resolve/names-elsewhere.ts';
import { createDiagnostic, type Diagnostic, listNames, type Related } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source.ts';
import { suggestion } from './checker.ts';
import type { Signature, SignatureParam } from './signature.ts';

export interface BoundArguments {
  /** The argument that each parameter takes; tensors that come from the chain are not in it. */
  readonly byParam: ReadonlyMap<string, Arg>;
  /** The tensor arguments of an op over many tensors, after those of the chain. */
  readonly rest: readonly Arg[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Binds arguments to parameters. Tensors of the chain fill the first tensor parameters, then positional arguments fill the rest, in the declared order. The checker and the build both use this.
 * @param chained how many tensors the chain gives
 */
export function bindArguments(signature: Signature, chained: number, args: readonly Arg[], call: Span): BoundArguments {
  const diagnostics: Diagnostic[] = [];
  const byParam = new Map<string, Arg>();
  const rest: Arg[] = [];
  const { name: callee, params, byName } = signature;
  const related = declaration(signature);
  if (signature.tensors !== 'many' && !signature.takesList && chained > signature.tensors) {
    const data = { callee, takes: signature.tensors, given: chained };
    diagnostics.push(createDiagnostic('too-many-tensors', call, data, { related }));
  }
  const open = params.filter((p) => !isChained(p, chained) && !p.named);
  let next = 0;
  for (const arg of args) {
    if (arg.name) {
      const { name, span } = arg.name;
      const param = byName.get(name);
      if (!param) {
        const guess = guessParameter(name, byName.keys());
        const { fixes } = suggestion(guess.name, span);
        const data = { callee, name, hint: guess.hint };
        diagnostics.push(createDiagnostic('unknown-parameter', span, data, { related, fixes }));
      } else if (byParam.has(name)) {
        diagnostics.push(createDiagnostic('duplicate-argument', span, { name }));
      } else if (isChained(param, chained)) {
        diagnostics.push(createDiagnostic('tensor-given-twice', span, { name }));
      } else byParam.set(name, arg);
      continue;
    }
    if (signature.tensors === 'many') {
      rest.push(arg);
      continue;
    }
    while (next < open.length && byParam.has((open[next] as SignatureParam).name)) next++;
    const param = open[next];
    if (!param) {
      const names = listNames(open.map((p) => p.name));
      const data = { callee, takes: open.length, names, given: args.length };
      diagnostics.push(createDiagnostic('too-many-arguments', arg.span, data, { related }));
      break;
    }
    byParam.set(param.name, arg);
    next++;
  }
  return { byParam, rest, diagnostics };
}

/**
 * Whether a call has tensors among its arguments. If the first step of a section has, it takes only these: the result of
 * the section before is taken only where no tensor is given. @param isTensor whether an argument's value consists of
 * tensors; called only where the signature does not determine it
 */
export function givesTensors(
  signature: Signature | undefined,
  args: readonly Arg[],
  isTensor: (arg: Arg) => boolean,
): boolean {
  return args.some((arg) => isTensorArgument(signature, arg, isTensor));
}

/** Whether one argument gives tensors. */
export function isTensorArgument(signature: Signature | undefined, arg: Arg, isTensor: (arg: Arg) => boolean): boolean {
  const param = arg.name && signature?.byName.get(arg.name.name);
  if (param) return param.tensor;
  return (signature?.tensors === 'many' && !signature.op?.numbers && !arg.name) || isTensor(arg);
}

/** The parameters that must be given and are not. */
export function missingArguments(
  signature: Signature,
  chained: number,
  bound: BoundArguments,
  call: Span,
): Diagnostic[] {
  const problem = signature.op && wrongChoice(signature.op, (name) => bound.byParam.has(name));
  if (problem) return [createDiagnostic('one-argument-of', call, problem)];
  const missing = signature.params.filter((p) => p.required && !isChained(p, chained) && !bound.byParam.has(p.name));
  if (missing.length === 0) return [];
  const related = declaration(signature);
  return missing.map(({ name, tensor }) => {
    const data = { callee: signature.name, name };
    return createDiagnostic(tensor ? 'missing-tensor' : 'missing-argument', call, data, { related });
  });
}

/** The error where a call gives none, or several, of the parameters that exclude each other. */
export function wrongChoice(
  { name: callee, oneOf, alone, params }: BuiltinOp,
  isGiven: (param: string) => boolean,
): { callee: string; names: string; given: string } | undefined {
  if (alone !== undefined && isGiven(alone)) {
    const other = params.find(({ name }) => name !== alone && isGiven(name));
    if (other) return { callee, names: `'${alone}' or '${other.name}'`, given: 'both' };
  }
  const given = oneOf?.filter(isGiven);
  if (!oneOf || given?.length === 1) return undefined;
  return { callee, names: oneOf.map((name) => `'${name}'`).join(' or '), given: given?.length ? 'both' : 'neither' };
}

/** Whether the chain fills a parameter, where it brings enough tensors. */
function isChained({ tensor, place }: SignatureParam, chained: number): boolean {
  return tensor && place < chained;
}

function declaration({ name, declared }: Signature): Related[] {
  return declared ? [{ span: declared.node.name.span, message: `'${name}' is declared here` }] : [];
}
