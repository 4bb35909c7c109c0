import { fromStored } from '../../tfjs-layout.ts';
import type { FeatureOrders } from './feature-order.ts';
import type { NamedWeight } from './weight-names.ts';

/**
 * The channels of the map that a dense layer reads pixel by pixel; nothing if its features are ordered as in our
 * linear layers, and for other weights.
 * @param weight its name in the model: `fc/kernel`, or with the models that it is in, `head/fc/kernel`.
 * @param orders absent if the model has no topology.
 */
export function pixelChannels(
  weight: string,
  { layout, shape }: NamedWeight,
  orders: FeatureOrders | undefined,
): { readonly channels?: number; readonly problem?: string } {
  if (layout !== 'linear') return {};
  const layer = weight.slice(0, weight.lastIndexOf('/'));
  const unknown = (why: string) => ({
    problem: `the model does not state in which order '${layer}' reads its features: ${why}`,
  });
  if (!orders) return unknown('it has no topology that can be read');
  const name = namesOf(layer).find((candidate) => orders.has(candidate));
  if (name === undefined) return unknown('its topology has no such layer');
  const order = orders.get(name);
  if (order?.kind === 'unknown') return unknown(order.why);
  if (order?.kind !== 'pixels') return {};
  const features = shape[1] as number;
  if (features !== order.channels && order.joinedBy !== undefined) {
    return unknown(`'${order.joinedBy}' joins flattened maps`);
  }
  if (features % order.channels !== 0) {
    return { problem: `'${weight}' is for ${features} features, but its topology gives it ${order.channels} channels` };
  }
  return features === order.channels ? {} : { channels: order.channels };
}

/** `head/fc`, then `fc`. */
function namesOf(layer: string): readonly string[] {
  const parts = layer.split('/');
  return parts.map((_, i) => parts.slice(i).join('/'));
}

/** A weight under our name, in our order. @param channels those of `pixelChannels`. @param out may be filled and returned. */
export function ourValues(
  { layout, shape }: NamedWeight,
  stored: Float32Array,
  channels?: number,
  out?: Float32Array,
): Float32Array {
  const values = fromStored(layout, shape, stored, out);
  return channels === undefined ? values : inOurOrder(values, shape[1] as number, channels);
}

/** A linear layer's weight `[units, features]` whose features are ordered pixel by pixel, channel by channel instead. */
export function inOurOrder(values: Float32Array, features: number, channels: number): Float32Array {
  const pixels = features / channels;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += features) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        turned[row + channel * pixels + pixel] = values[row + pixel * channels + channel] as number;
      }
    }
  }
  return turned;
}
