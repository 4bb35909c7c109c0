import { fromStored } from '../../tfjs-layout.ts';
import type { FeatureOrders } from './feature-order.ts';
import type { FlatMap } from './value-order.ts';
import type { NamedWeight } from './weight-names.ts';

/** A map that a dense layer reads pixel by pixel, with the number of its elements. */
export type ReadMap = Required<FlatMap>;

/**
 * The maps that a dense layer reads pixel by pixel, one after the other; nothing if its features are ordered as in our linear layers, and for other weights.
 * @param weight its name in the model: `fc/kernel`, or with the models that it is in, `head/fc/kernel`.
 * @param orders absent if the model has no topology.
 */
export function mapsRead(
  weight: string,
  { layout, shape }: NamedWeight,
  orders: FeatureOrders | undefined,
): { readonly maps?: readonly ReadMap[]; readonly problem?: string } {
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
  const channels = sum(order.maps.map((map) => map.channels));
  if (features === channels) return {};
  const open = order.maps.filter((map) => map.features === undefined);
  const rest = features - sum(order.maps.map((map) => map.features ?? 0));
  if (open.length > 1) return unknown(`it reads ${open.length} flattened maps whose sizes are not known`);
  const maps = order.maps.map(({ channels, features = rest }) => ({ channels, features }));
  const isWhole = maps.every((map) => map.features > 0 && map.features % map.channels === 0);
  if (!isWhole || sum(maps.map((map) => map.features)) !== features) {
    return { problem: `'${weight}' is for ${features} features, but its topology gives it ${channels} channels` };
  }
  return { maps };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}

/** `head/fc`, then `fc`. */
function namesOf(layer: string): readonly string[] {
  const parts = layer.split('/');
  return parts.map((_, i) => parts.slice(i).join('/'));
}

/** A weight under our name, in our order. @param maps those of `mapsRead`. @param out may be filled and returned. */
export function ourValues(
  { layout, shape }: NamedWeight,
  stored: Float32Array,
  maps?: readonly ReadMap[],
  out?: Float32Array,
): Float32Array {
  const values = fromStored(layout, shape, stored, out);
  return maps ? inOurOrder(values, maps) : values;
}

/** A linear layer's weight `[units, features]` whose maps are ordered pixel by pixel, channel by channel instead. */
export function inOurOrder(values: Float32Array, maps: readonly ReadMap[]): Float32Array {
  const turned = new Float32Array(values.length);
  for (let start = 0; start < values.length; ) {
    for (const { channels, features } of maps) {
      const pixels = features / channels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let channel = 0; channel < channels; channel++) {
          turned[start + channel * pixels + pixel] = values[start + pixel * channels + channel] as number;
        }
      }
      start += features;
    }
  }
  return turned;
}
