/**
 * How the axes of a value are arranged in the file, where they are not `[batch, C, H, W]` or `[batch, C]`: `flat` all in one,
 * `last` channels last, `groups` the channels in two axes (perhaps exchanged), `rows` one row per group of channels.
 */
export type AxisView =
  | { readonly kind: 'flat' }
  | { readonly kind: 'last' }
  | { readonly kind: 'groups'; readonly groups: number; readonly swapped: boolean }
  | { readonly kind: 'rows'; readonly groups: number };
