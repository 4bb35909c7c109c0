import { readFileSync } from 'node:fs';
import { type Onnx, onnx } from '../../src/6-emit/onnx/proto.ts';

/** What ONNX says of one version of an operator (see scripts/onnx-schemas.py). */
interface Schema {
  readonly since: number;
  readonly deprecated: boolean;
  /** At least and at most. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  readonly inputTypes: readonly Formal[];
  readonly outputTypes: readonly Formal[];
  /** The element types that a variable may have. */
  readonly types: Readonly<Record<string, readonly string[]>>;
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly required: boolean }>>;
}

interface Formal {
  readonly type: string;
  readonly option: 'single' | 'optional' | 'variadic';
}

interface SchemaFile {
  readonly operators: readonly string[];
  readonly schemas: Readonly<Record<string, readonly Schema[]>>;
}

export const { operators, schemas } = JSON.parse(
  readFileSync(new URL('op-schemas.json', import.meta.url), 'utf8'),
) as SchemaFile;

const elementTypes: Readonly<Record<number, string>> = {
  1: 'float',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  6: 'int32',
  7: 'int64',
  10: 'float16',
};

/** What of a model its opset's schemas do not allow; empty where all is well. */
export function schemaProblems(model: Onnx.IModelProto): string[] {
  const opset = Number(model.opsetImport?.[0]?.version);
  const graph = model.graph as Onnx.IGraphProto;
  const typeOf = new Map<string, string>();
  for (const { name, type } of [...graph.input!, ...graph.valueInfo!, ...graph.output!])
    typeOf.set(name!, elementTypes[type!.tensorType!.elemType!] ?? 'another type');
  for (const { name, dataType } of graph.initializer!) typeOf.set(name!, elementTypes[dataType!] ?? 'another type');
  return graph.node!.flatMap((node) => problemsOf(node, opset, typeOf).map((what) => `${node.opType}: ${what}`));
}

function problemsOf(node: Onnx.INodeProto, opset: number, typeOf: ReadonlyMap<string, string>): string[] {
  const schema = schemas[node.opType!]?.filter(({ since }) => since <= opset).at(-1);
  if (!schema) return [`not an operator of opset ${opset}`];
  const problems = schema.deprecated ? [`deprecated in opset ${opset}`] : [];
  const count = (what: string, given: readonly string[], [least, most]: readonly [number, number]) => {
    if (given.length < least || given.length > most) problems.push(`${given.length} ${what}, not ${least} to ${most}`);
  };
  count('inputs', node.input!, schema.inputs);
  count('outputs', node.output!, schema.outputs);

  const bound = new Map<string, string>();
  const check = (what: string, names: readonly string[], formals: readonly Formal[]) => {
    for (const [i, name] of names.entries()) {
      const formal = formals[Math.min(i, formals.length - 1)];
      if (!formal) continue;
      if (name === '') {
        if (formal.option !== 'optional') problems.push(`${what} ${i} is left out`);
        continue;
      }
      const type = typeOf.get(name) ?? 'no known type';
      if (!schema.types[formal.type]?.includes(type)) problems.push(`${what} ${i} has ${type}`);
      const same = bound.get(formal.type) ?? type;
      if (same !== type) problems.push(`${what} ${i} has ${type}, another one ${same}`);
      bound.set(formal.type, type);
    }
  };
  check('input', node.input!, schema.inputTypes);
  check('output', node.output!, schema.outputTypes);

  for (const { name, type } of node.attribute!) {
    const wanted = schema.attributes[name!]?.type;
    const given = onnx.AttributeProto.AttributeType[type!];
    if (wanted === undefined) problems.push(`no attribute ${name} in opset ${opset}`);
    else if (wanted !== given) problems.push(`${name} is ${given}, not ${wanted}`);
  }
  for (const [name, { required }] of Object.entries(schema.attributes)) {
    if (required && !node.attribute!.some((a) => a.name === name)) problems.push(`${name} is missing`);
  }
  return problems;
}
