import type { StepRef, Update } from '../../../5-graph/training/program.ts';
import type { GraphBuilder } from '../node-def/builder.ts';
import { type Attributes, float, type TensorName } from '../node-def/node-def.ts';
import { assign, filled, readVariable, type Variables } from './variables.ts';

type UpdateKind = Update['kind'];
type UpdateOf<K extends UpdateKind> = Extract<Update, { kind: K }>;

/** What belongs to one update, of whatever kind. */
interface UpdateScope {
  readonly b: GraphBuilder;
  readonly variables: Variables;
  /** What its nodes' names begin with. */
  readonly scope: string;
  /** Nodes that have to be done before anything changes, and before a variable is read again. */
  readonly after: readonly string[];
  value(ref: StepRef): TensorName;
  /** The value of a variable before all updates. */
  before(variable: string): TensorName;
}

/** What the writer of an update gets to see. */
export interface UpdateContext<K extends UpdateKind> extends UpdateScope {
  readonly update: UpdateOf<K>;
}

type WriteUpdate<K extends UpdateKind> = (context: UpdateContext<K>) => string;

/** From update to TensorFlow nodes; the node after which it is done. */
export const updateTable: { readonly [K in UpdateKind]: WriteUpdate<K> } = {
  rmsprop: (c) => {
    const { update: u } = c;
    const numbers = [u.rate, u.decay, u.momentum, u.epsilon, u.gradient].map(c.value);
    return apply(c, 'ResourceApplyRMSProp', [u.variable, u.meanSquare, u.momentumSlot], numbers);
  },
  sgd: (c) => {
    const { update: u } = c;
    const numbers = [u.rate, u.gradient, u.momentum].map(c.value);
    const nesterov = { use_nesterov: { bool: u.nesterov } };
    return apply(c, 'ResourceApplyMomentum', [u.variable, u.velocity], numbers, nesterov);
  },
  // ResourceApplyAdam corrects only its rate: rate sqrt(c2) / c1 m / (sqrt(v) + epsilon sqrt(c2)) is the same number.
  // Its own correction is disabled, because 1 - beta^t would lose digits twice.
  adamw: (c) => {
    const { b, update: u } = c;
    const root = math(c, 'Sqrt', [c.value(u.correction2)]);
    const rate = math(c, 'RealDiv', [math(c, 'Mul', [c.value(u.rate), root]), c.value(u.correction1)]);
    const epsilon = math(c, 'Mul', [c.value(u.epsilon), root]);
    const none = b.number(0);
    const numbers = [none, none, rate, c.value(u.beta1), c.value(u.beta2), epsilon, c.value(u.gradient)];
    const slots = [u.variable, u.first, u.second];
    if (!u.weightDecay) return apply(c, 'ResourceApplyAdam', slots, numbers);
    const lost = math(c, 'Mul', [c.value(u.rate), c.value(u.weightDecay)]);
    const stays = math(c, 'Sub', [b.number(1), lost]);
    const decayed = math(c, 'Mul', [c.before(u.variable), stays]);
    const done = assign(b, `${c.scope}/decay`, c.variables.handle(u.variable), decayed, c.after);
    return apply({ ...c, after: [...c.after, done] }, 'ResourceApplyAdam', slots, numbers);
  },
  // variable -= (1 - share) (variable - value)
  average: (c) => {
    const { b, update: u, variables } = c;
    const moves = typeof u.share === 'number' ? b.number(1 - u.share) : math(c, 'Sub', [b.number(1), c.value(u.share)]);
    const now = readVariable(b, `${c.scope}/now`, variables.handle(u.variable), c.after);
    const value =
      'variable' in u.value
        ? readVariable(b, `${c.scope}/value`, variables.handle(u.value.variable), c.after)
        : c.value(u.value);
    const distance = math(c, 'Sub', [now, value]);
    return apply(c, 'ResourceApplyGradientDescent', [u.variable], [moves, distance]);
  },
  accumulate: (c) => {
    const { b, update: u, variables, scope, after } = c;
    const inputs = [variables.handle(u.variable), c.value(u.value)];
    return b.node({ op: 'AssignAddVariableOp', name: scope, inputs, attr: { dtype: float }, after });
  },
  clear: (c) => {
    const { b, update: u, variables, scope, after } = c;
    const zeros = filled(b, `${scope}/zeros`, variables.of(u.variable), 0);
    return assign(b, scope, variables.handle(u.variable), zeros, after);
  },
};

/** The variables that an update changes, and those whose value it needs after the previous updates. */
export function touchedBy(update: Update): { readonly writes: readonly string[]; readonly reads: readonly string[] } {
  const { kind, variable } = update;
  switch (kind) {
    case 'rmsprop':
      return { writes: [variable, update.meanSquare, update.momentumSlot], reads: [] };
    case 'sgd':
      return { writes: [variable, update.velocity], reads: [] };
    case 'adamw':
      return { writes: [variable, update.first, update.second], reads: [] };
    case 'average':
      return { writes: [variable], reads: 'variable' in update.value ? [update.value.variable] : [] };
    case 'accumulate':
    case 'clear':
      return { writes: [variable], reads: [] };
  }
}

/** One of TensorFlow's training kernels: resources, then values. */
function apply(
  { b, scope, variables, after }: UpdateScope,
  op: string,
  resources: readonly string[],
  values: readonly TensorName[],
  attr: Attributes = {},
): string {
  const inputs = [...resources.map(variables.handle), ...values];
  return b.node({ op, name: scope, inputs, attr: { T: float, ...attr }, after });
}

function math({ b, scope }: UpdateScope, op: string, inputs: readonly TensorName[]): TensorName {
  return b.node({ op, name: `${scope}/number`, inputs, attr: { T: float } });
}
