import type { Variable } from '../../../5-graph/training/program.ts';
import type { GraphBuilder } from '../node-def/builder.ts';
import { float, int32, type TensorName } from '../node-def/node-def.ts';
import type { GraphSignature, TensorInfo } from './encode.ts';
import { heldShape, layouts } from './layout.ts';

/** The variables of a graph: resources, which all functions share. */
export interface Variables {
  /** The resource of a variable. */
  handle(name: string): TensorName;
  of(name: string): Variable;
}

/** Adds a resource for each variable. */
export function createVariables(b: GraphBuilder, variables: readonly Variable[]): Variables {
  const byName = new Map(
    variables.map((variable) => {
      const attr = {
        dtype: float,
        shape: { shape: heldShape(variable) },
        // Only this name distinguishes the resources of a session.
        shared_name: { text: variable.name },
      };
      return [
        variable.name,
        { variable, handle: b.node({ op: 'VarHandleOp', name: `variables/${variable.name}`, attr }) },
      ];
    }),
  );
  const known = (name: string) => {
    const entry = byName.get(name);
    if (!entry) throw new Error(`the program has no variable '${name}'`);
    return entry;
  };
  return { handle: (name) => known(name).handle, of: (name) => known(name).variable };
}

export function readVariable(b: GraphBuilder, name: string, handle: TensorName, after?: readonly string[]): TensorName {
  return b.node({ op: 'ReadVariableOp', name, inputs: [handle], attr: { dtype: float }, after });
}

/** Sets a variable; the node to wait for. */
export function assign(
  b: GraphBuilder,
  name: string,
  handle: TensorName,
  value: TensorName,
  after?: readonly string[],
): string {
  return b.node({ op: 'AssignVariableOp', name, inputs: [handle, value], attr: { dtype: float }, after });
}

/** A tensor filled with one number, made on demand. */
export function filled(b: GraphBuilder, name: string, variable: Variable, value: number): TensorName {
  const inputs = [b.integers(heldShape(variable)), b.number(value)];
  return b.node({ op: 'Fill', name, inputs, attr: { T: float, index_type: int32 } });
}

/** Gives all variables, by their names, in their logical shapes. */
export function readSignature(b: GraphBuilder, variables: Variables, list: readonly Variable[]): GraphSignature {
  const outputs = list.map((variable): [string, TensorInfo] => {
    const name = `read/${variable.name}`;
    const value = turned(b, name, readVariable(b, name, variables.handle(variable.name)), variable.layout, 'toLogical');
    return [variable.name, { name: `${value}:0`, shape: variable.shape }];
  });
  return { inputs: {}, outputs: Object.fromEntries(outputs) };
}

/** Sets all variables, by their names, in their logical shapes. Gives a 1 for each: a runner may request only some. */
export function writeSignature(b: GraphBuilder, variables: Variables, list: readonly Variable[]): GraphSignature {
  const inputs: [string, TensorInfo][] = [];
  const outputs: [string, TensorInfo][] = [];
  for (const variable of list) {
    const name = `write/${variable.name}`;
    const { fed, held } = feed(b, name, variable);
    const done = assign(b, `${name}/assign`, variables.handle(variable.name), held);
    inputs.push([variable.name, fed]);
    outputs.push([variable.name, sign(b, `${name}/done`, [done])]);
  }
  return { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) };
}

/** Takes the network's own tensors, and sets all variables to what they start as. Gives `done`, a 1. */
export function initialiseSignature(b: GraphBuilder, variables: Variables, list: readonly Variable[]): GraphSignature {
  const inputs: [string, TensorInfo][] = [];
  const fed = new Map<string, TensorName>();
  const startOf = (variable: Variable): TensorName => {
    const known = fed.get(variable.name);
    if (known !== undefined) return known;
    const { start, name } = variable;
    let value: TensorName;
    if (start === 'weights') {
      const placeholder = feed(b, `initialise/${name}`, variable);
      inputs.push([name, placeholder.fed]);
      value = placeholder.held;
    } else if ('constant' in start) value = filled(b, `initialise/${name}`, variable, start.constant);
    else value = startOf(variables.of(start.copyOf));
    fed.set(name, value);
    return value;
  };
  const assigned = list.map((variable) =>
    assign(b, `initialise/${variable.name}/assign`, variables.handle(variable.name), startOf(variable)),
  );
  return { inputs: Object.fromEntries(inputs), outputs: { done: sign(b, 'initialise/done', assigned) } };
}

/** A number that is available once the nodes have run, which a session can request in their place. */
export function sign(b: GraphBuilder, name: string, after: readonly string[]): TensorInfo {
  const one = { dtype: 'DT_FLOAT', shape: [], values: [1] } as const;
  const node = b.node({ op: 'Const', name, attr: { dtype: float, value: { tensor: one } }, after });
  return { name: `${node}:0`, shape: [] };
}

/** A placeholder for a variable's value in its logical shape, and the value as it is held. */
function feed(b: GraphBuilder, name: string, variable: Variable): { fed: TensorInfo; held: TensorName } {
  const { shape } = variable;
  const placeholder = b.node({ op: 'Placeholder', name, attr: { dtype: float, shape: { shape } } });
  return { fed: { name: `${placeholder}:0`, shape }, held: turned(b, name, placeholder, variable.layout, 'toHeld') };
}

/** Converts a value from its logical order to the held one, or back. */
export function turned(
  b: GraphBuilder,
  name: string,
  value: TensorName,
  layout: Variable['layout'],
  way: 'toHeld' | 'toLogical',
): TensorName {
  if (layout === 'vector') return value;
  const inputs = [value, b.integers(layouts[layout][way])];
  return b.node({ op: 'Transpose', name: `${name}/turned`, inputs, attr: { T: float, Tperm: int32 } });
}
