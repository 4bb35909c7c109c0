import type { Pads, Window } from '../../ops/window.ts';
import { padsFor } from '../../ops/window.ts';

/** How TensorFlow writes a window's pads: by a rule of its own, or by explicit steps before a window without any. */
export interface WindowForm {
  readonly padding: 'same' | 'valid';
  /** What is taken away before; absent where nothing is. Positive numbers. */
  readonly crop?: Pads;
  /** What is added before; absent where nothing is. */
  readonly pad?: Pads;
}

/** The form of a window over an input of `height` x `width`. The rule `same` is taken wherever it gives the same pads. */
export function windowForm({ kernel, stride, dilation, pads }: Window, height: number, width: number): WindowForm {
  if (isZero(pads)) return { padding: 'valid' };
  if (equalPads(pads, padsFor('same', kernel, stride, dilation, height, width))) return { padding: 'same' };
  return { padding: 'valid', ...padSteps(pads) };
}

/** How far a window's taps stand apart: one tap has no distance, whatever the spec says. */
export function dilationOf({ kernel, dilation }: Window): number {
  return kernel === 1 ? 1 : dilation;
}

/** Pads as a crop (the negative ones) and a padding (the positive ones). */
export function padSteps({ top, left, bottom, right }: Pads): { readonly crop?: Pads; readonly pad?: Pads } {
  const part = (sign: 1 | -1): Pads => {
    const take = (n: number) => Math.max(sign * n, 0);
    return { top: take(top), left: take(left), bottom: take(bottom), right: take(right) };
  };
  const [crop, pad] = [part(-1), part(1)];
  return { ...(!isZero(crop) && { crop }), ...(!isZero(pad) && { pad }) };
}

function isZero({ top, left, bottom, right }: Pads): boolean {
  return top === 0 && left === 0 && bottom === 0 && right === 0;
}

function equalPads(a: Pads, b: Pads): boolean {
  return a.top === b.top && a.left === b.left && a.bottom === b.bottom && a.right === b.right;
}
