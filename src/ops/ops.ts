import type { OpDescriptor, Result } from './descriptor.ts';
import { activation } from './kinds/activation.ts';
import { add } from './kinds/add.ts';
import { attend } from './kinds/attend.ts';
import { avgPool } from './kinds/avg-pool.ts';
import { batchNorm } from './kinds/batch-norm.ts';
import { cast } from './kinds/cast.ts';
import { channelConv } from './kinds/channel-conv.ts';
import { channelMax } from './kinds/channel-max.ts';
import { channelMean } from './kinds/channel-mean.ts';
import { channelShuffle } from './kinds/channel-shuffle.ts';
import { concat } from './kinds/concat.ts';
import { conv } from './kinds/conv.ts';
import { convTranspose } from './kinds/conv-transpose.ts';
import { div } from './kinds/div.ts';
import { dropPath } from './kinds/drop-path.ts';
import { dropout } from './kinds/dropout.ts';
import { flatten } from './kinds/flatten.ts';
import { globalAvgPool } from './kinds/global-avg-pool.ts';
import { globalMaxPool } from './kinds/global-max-pool.ts';
import { groupNorm } from './kinds/group-norm.ts';
import { input } from './kinds/input.ts';
import { layerNorm } from './kinds/layer-norm.ts';
import { linear } from './kinds/linear.ts';
import { localResponseNorm } from './kinds/local-response-norm.ts';
import { maxPool } from './kinds/max-pool.ts';
import { mul } from './kinds/mul.ts';
import { normalise } from './kinds/normalise.ts';
import { pad } from './kinds/pad.ts';
import { power } from './kinds/power.ts';
import { rescale } from './kinds/rescale.ts';
import { split } from './kinds/split.ts';
import { sub } from './kinds/sub.ts';
import { upsample } from './kinds/upsample.ts';
import { weight } from './kinds/weight.ts';
import type { Field } from './window.ts';

/** The closed op set, one descriptor each; in the order in which documentation lists them. */
export const descriptors = [
  input,
  activation,
  conv,
  convTranspose,
  channelConv,
  batchNorm,
  linear,
  layerNorm,
  groupNorm,
  localResponseNorm,
  normalise,
  globalAvgPool,
  globalMaxPool,
  channelMean,
  channelMax,
  maxPool,
  avgPool,
  attend,
  dropout,
  dropPath,
  add,
  sub,
  mul,
  div,
  rescale,
  power,
  flatten,
  concat,
  split,
  channelShuffle,
  pad,
  upsample,
  weight,
  cast,
] as const;

type Described<D> = D extends OpDescriptor<infer O, infer _Called> ? O : never;

/** An op with its attributes. A target is a table over `OpKind`, so that an op without an entry does not compile. */
export type Op = Described<(typeof descriptors)[number]>;
export type OpKind = Op['kind'];
export type OpOf<K extends OpKind> = Extract<Op, { kind: K }>;

const byKind = new Map<OpKind, unknown>(descriptors.map((descriptor) => [descriptor.kind, descriptor]));

/** What is known about an op. */
export function descriptorOf<O extends Op>({ kind }: O): OpDescriptor<O> {
  return byKind.get(kind) as OpDescriptor<O>;
}

/** What the result of an op is to a run at inference. */
export function resultOf(op: Op): Result {
  const { result } = descriptorOf(op);
  return typeof result === 'string' ? result : result(op);
}

/** What a position of its output reads of its input. */
export function fieldOf(op: Op): Field {
  const { field } = descriptorOf(op);
  return typeof field === 'string' ? field : field(op);
}

/** Whether an op of that kind does nothing at inference, whatever its attributes: dropout and stochastic depth. */
export function isTrainingOnly(op: Op): boolean {
  return descriptorOf(op).result === 'passed';
}
