import { createNames } from '../../names.ts';
import type { Attributes, ConstantValue, GraphDef, NodeDef, TensorName } from './node-def.ts';

export interface NodeRequest {
  /** TensorFlow's name of the operator. */
  readonly op: string;
  /** The node's name: taken as is, or with a number if it is already used. */
  readonly name: string;
  readonly inputs?: readonly TensorName[];
  readonly attr?: Attributes;
  /** Names of nodes that have to be done before. */
  readonly after?: readonly string[];
}

/** Collects the nodes of a graph under unique names, in an order in which they can run. */
export interface GraphBuilder {
  /** Adds a node; returns its name, which is also that of its first output. */
  node(request: NodeRequest): TensorName;
  /** A constant; always the same node. */
  constant(value: ConstantValue): TensorName;
  /** A number, `[]`. */
  number(value: number): TensorName;
  /** A list of whole numbers, `[n]`: a shape, axes. */
  integers(values: readonly number[]): TensorName;
  /** A whole number, `[]`: an axis. */
  integer(value: number): TensorName;
  finish(): GraphDef;
}

/** Starts an empty graph. */
export function createGraphBuilder(): GraphBuilder {
  const nodes: NodeDef[] = [];
  const names = createNames();
  const constants = new Map<string, TensorName>();

  const builder: GraphBuilder = {
    node({ op, name, inputs = [], attr = {}, after = [] }) {
      const waits = [...new Set(after)].map((node) => `^${node}`);
      const node = { name: names.unique(legalName(name)), op, input: [...inputs, ...waits], attr };
      nodes.push(node);
      return node.name;
    },
    constant(value) {
      const key = `${value.dtype} ${value.shape.join()} ${value.values.join()}`;
      let name = constants.get(key);
      if (name === undefined) {
        const kind = value.dtype === 'DT_FLOAT' ? 'number' : 'integer';
        const few = value.values.length <= 4 ? value.values.map(spell).join('_') : 'list';
        const attr = { dtype: { type: value.dtype }, value: { tensor: value } };
        name = builder.node({ op: 'Const', name: `constants/${kind}/${few}`, attr });
        constants.set(key, name);
      }
      return name;
    },
    number: (value) => builder.constant({ dtype: 'DT_FLOAT', shape: [], values: [value] }),
    integers: (values) => builder.constant({ dtype: 'DT_INT32', shape: [values.length], values }),
    integer: (value) => builder.constant({ dtype: 'DT_INT32', shape: [], values: [value] }),
    finish: () => ({ node: nodes }),
  };
  return builder;
}

/** The first output of a node, its second, ... */
export function outputOf(node: TensorName, output: number): TensorName {
  return output === 0 ? node : `${node}:${output}`;
}

/** A node's name as node_def.proto allows it: `[A-Za-z0-9.][A-Za-z0-9_>./-]*`. */
function legalName(name: string): string {
  const legal = name.replace(/[^A-Za-z0-9_>./-]/g, '_');
  return /^[A-Za-z0-9.]/.test(legal) ? legal : `.${legal}`;
}

/** `-1` as `minus1`, since a part of a name does not begin with a sign in all tools. */
function spell(value: number): string {
  return String(value).replace('-', 'minus').replace('+', '');
}
