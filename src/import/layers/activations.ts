import { fail } from '../unsayable.ts';
import { type LayerContext, numbersOf } from './layer-context.ts';

/** Keras's activations as nodes: keras/activations. Where version 2 differs, that follows from the name. */
const plain: Readonly<Record<string, string>> = {
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  elu: 'Elu',
  silu: 'Swish',
  swish: 'Swish',
  hard_silu: 'HardSwish',
  hard_swish: 'HardSwish',
  hardSwish: 'HardSwish',
  gelu: 'Gelu',
  mish: 'Mish',
};

/** Applies an activation by name. @param isKeras3 whose hard sigmoid has another slope */
export function activate(c: LayerContext, x: string, activation: unknown, isKeras3: boolean): string {
  const name = nameOf(activation);
  if (name === 'linear') return x;
  if (name === 'softmax') return c.node('Softmax', [x], { axis: { integer: 1 } });
  if (name === 'relu6') return clipped(c, x, 6);
  if (name === 'leaky_relu') return c.node('LeakyRelu', [x], { alpha: { real: 0.2 } });
  if (name === 'hard_sigmoid' || name === 'hardSigmoid')
    return c.node('HardSigmoid', [x], { alpha: { real: isKeras3 ? 1 / 6 : 0.2 } });
  const type = Object.hasOwn(plain, name) ? plain[name] : undefined;
  return type ? c.node(type, [x]) : fail(`its activation '${name}' is not in the language`);
}

/** `relu`, or an object that states a function or a layer. */
function nameOf(activation: unknown): string {
  if (activation === undefined || activation === null) return 'linear';
  if (typeof activation === 'string') return activation;
  const { config, class_name: className } = activation as { config?: unknown; class_name?: unknown };
  if (typeof config === 'string') return config;
  const { name } = (config ?? {}) as { name?: unknown };
  if (typeof name === 'string') return name;
  return typeof className === 'string' ? className.toLowerCase() : 'unknown';
}

/** From 0 to a most. */
export function clipped(c: LayerContext, x: string, most: number): string {
  return c.node('Clip', [x, c.numbers(numbersOf([0], true, [])), c.numbers(numbersOf([most], true, []))]);
}
