import type { Pair } from '../../ops/pair.ts';
import { dilationOf, noPads, type Pads, padsFor, samePads, type Window } from '../../ops/window.ts';
import { type Attribute, attributeText, sizeAttribute } from './attributes.ts';
import type { Stated } from './expressions.ts';
import { callOf } from './python-text.ts';
import { all, apply, functional, keywords, pairText, type Sample, type Step, type StepForm } from './step.ts';

type Windowed = Sample<'conv'> | Sample<'maxPool'> | Sample<'avgPool'>;
function mapOf({ inputShapes: [x = []] }: Windowed): Pair {
  return [x[1] ?? 1, x[2] ?? 1];
}
const isNone = (sample: Windowed) => samePads(sample.op.window.pads, noPads);
const isHalf = (sample: Windowed) =>
  samePads(sample.op.window.pads, padsFor('symmetric', sample.op.window, mapOf(sample)));
const isSame = (sample: Windowed) => samePads(sample.op.window.pads, padsFor('same', sample.op.window, mapOf(sample)));
const isEven = ({ op: { window } }: Windowed) =>
  window.pads.top === window.pads.bottom && window.pads.left === window.pads.right;
const evenPads = ({ op: { window } }: Windowed) => sizeAttribute([window.pads.top, window.pads.left]);
/** As `F.pad` takes them: from the last axis on. */
export const allPads = ({ top, left, bottom, right }: Pads): Attribute => [left, right, top, bottom];
const dilation = (window: Window) => sizeAttribute(dilationOf(window) as unknown as [number, number]);
/** PyTorch pads a pool by half of its window at most. */
const isSmall = ({ op: { window } }: Windowed) =>
  2 * window.pads.top <= window.kernel[0] && 2 * window.pads.left <= window.kernel[1] && window.pads.top >= 0;

/** `nn.Conv2d`, with padding by PyTorch or by a class of the file. */
export function convolution(step: Step<'conv'>): StepForm {
  const filters = step.init('channels', ({ op }) => op.filters, 'channels');
  const kernel = step.init('kernel', ({ op }) => sizeAttribute(op.window.kernel as [number, number]), 'kernel');
  const stride = step.init('stride', ({ op }) => sizeAttribute(op.window.stride as [number, number]), 'stride');
  const gap = step.init('dilation', ({ op }) => dilation(op.window), 'dilation');
  const groups = step.init('groups', ({ op }) => op.groups, 'groups');
  const bias = step.init('bias', ({ op }) => op.bias, 'bias');
  const padding = convPadding(step, kernel, gap);
  const items = [
    ['', step.channels(0).text],
    ['', filters.text],
    ['', kernel.text],
    ...keywords(['stride', stride, 1]),
    ...padding.items,
    ...keywords(['dilation', gap, 1], ['groups', groups, 1], ['bias', bias, true]),
  ] as [string, string][];
  return { module: callOf(padding.callee, items), name: 'conv', value: apply, channels: filters };
}

function convPadding(step: Step<'conv'>, kernel: Stated, gap: Stated): { callee: string; items: [string, string][] } {
  const plain = 'nn.Conv2d';
  if (all(step, isNone)) return { callee: plain, items: [] };
  const isWhole = all(step, ({ op: { window } }) => window.kernel[0] === window.kernel[1]);
  if (all(step, isHalf)) {
    const first = step.samples[0] as Sample<'conv'>;
    if (kernel.literal !== undefined && gap.literal !== undefined) {
      return { callee: plain, items: [['padding', attributeText(evenPads(first))]] };
    }
    const isOdd = all(step, ({ op: { window } }) => window.kernel[0] % 2 === 1);
    if (isWhole && gap.literal === 1) {
      return { callee: plain, items: [['padding', isOdd ? `${kernel.text} // 2` : `(${kernel.text} - 1) // 2`]] };
    }
    const isWholeGap = all(step, ({ op: { window } }) => {
      const [high, wide] = dilationOf(window);
      return high === wide;
    });
    if (isWhole && isWholeGap && isOdd && typeof gap.literal !== 'object') {
      return { callee: plain, items: [['padding', `${gap.text} * (${kernel.text} // 2)`]] };
    }
  }
  if (all(step, isSame)) {
    step.helper('SameConv2d');
    return { callee: 'SameConv2d', items: [] };
  }
  if (all(step, isEven) && all(step, ({ op: { window } }) => window.pads.top >= 0 && window.pads.left >= 0)) {
    return { callee: plain, items: keywords(['padding', step.init('padding', evenPads, 'padding'), 0]) };
  }
  step.helper('PaddedConv2d');
  return {
    callee: 'PaddedConv2d',
    items: keywords(['pads', step.init('pads', ({ op }) => allPads(op.window.pads)), undefined]),
  };
}

/** `nn.ConvTranspose2d`, cropped where its padding differs between sides. */
export function transposed(step: Step<'convTranspose'>): StepForm {
  const filters = step.init('channels', ({ op }) => op.filters, 'channels');
  const kernel = step.init('kernel', ({ op }) => sizeAttribute(op.window.kernel as [number, number]), 'kernel');
  const stride = step.init('stride', ({ op }) => sizeAttribute(op.window.stride as [number, number]), 'stride');
  const gap = step.init('dilation', ({ op }) => dilation(op.window), 'dilation');
  const isPlain = all(step, ({ op: { window } }) => {
    const { top, left, bottom, right } = window.pads;
    const [more, wide] = [top - bottom, left - right];
    const most = [0, 1].map((axis) => Math.max(window.stride[axis] as number, dilationOf(window)[axis] as number));
    return top >= 0 && left >= 0 && more >= 0 && wide >= 0 && more < (most[0] ?? 1) && wide < (most[1] ?? 1);
  });
  const before = ({ op }: Sample<'convTranspose'>) => sizeAttribute([op.window.pads.top, op.window.pads.left]);
  const rest = ({ op: { window } }: Sample<'convTranspose'>): Attribute =>
    sizeAttribute([window.pads.top - window.pads.bottom, window.pads.left - window.pads.right]);
  const beyond = ({ op: { window } }: Sample<'convTranspose'>): Attribute =>
    sizeAttribute([Math.max(-window.pads.bottom, 0), Math.max(-window.pads.right, 0)]);
  const cut = ({ op: { window } }: Sample<'convTranspose'>): Attribute => {
    const { top, left, bottom, right } = window.pads;
    return [left, Math.max(right, 0), top, Math.max(bottom, 0)].map((n) => (n === 0 ? 0 : -n));
  };
  if (!isPlain) step.helper('CroppedConvTranspose2d');
  const items = [
    ['', step.channels(0).text],
    ['', filters.text],
    ['', kernel.text],
    ...keywords(['stride', stride, 1]),
    ...(isPlain
      ? keywords(['padding', step.init('padding', before), 0], ['output_padding', step.init('output_padding', rest), 0])
      : keywords(['output_padding', step.init('output_padding', beyond), 0])),
    ...keywords(
      ['groups', step.init('groups', ({ op }) => op.groups, 'groups'), 1],
      ['bias', step.init('bias', ({ op }) => op.bias, 'bias'), true],
      ['dilation', gap, 1],
    ),
    ...(isPlain ? [] : keywords(['crop', step.init('crop', cut), undefined])),
  ] as [string, string][];
  const callee = isPlain ? 'nn.ConvTranspose2d' : 'CroppedConvTranspose2d';
  return { module: callOf(callee, items), name: 'conv', value: apply, channels: filters };
}

/** A maximum over windows. */
export function maxPool(step: Step<'maxPool'>): StepForm {
  const kernel = step.forward('kernel', ({ op }) => sizeAttribute(op.window.kernel as [number, number]), 'kernel');
  const stride = step.forward('stride', ({ op }) => sizeAttribute(op.window.stride as [number, number]), 'stride');
  if (all(step, isNone)) return functional((x) => `F.max_pool2d(${x}, ${kernel}, ${stride})`);
  if (all(step, (s) => isEven(s) && isSmall(s))) {
    const padding = step.forward('padding', evenPads, 'padding');
    return functional((x) => `F.max_pool2d(${x}, ${kernel}, ${stride}, ${padding})`);
  }
  if (all(step, isSame)) {
    step.helper('same_max_pool2d');
    return functional((x) => `same_max_pool2d(${x}, ${pairText(kernel)}, ${pairText(stride)})`);
  }
  const pads = step.forward('pads', ({ op }) => allPads(op.window.pads));
  return functional((x) => `F.max_pool2d(F.pad(${x}, ${pads}, value=float("-inf")), ${kernel}, ${stride})`);
}

/** A mean over windows. */
export function avgPool(step: Step<'avgPool'>): StepForm {
  const kernel = step.forward('kernel', ({ op }) => sizeAttribute(op.window.kernel as [number, number]), 'kernel');
  const stride = step.forward('stride', ({ op }) => sizeAttribute(op.window.stride as [number, number]), 'stride');
  if (all(step, isNone)) return functional((x) => `F.avg_pool2d(${x}, ${kernel}, ${stride})`);
  const counts = all(step, ({ op }) => op.countPad);
  if (all(step, (s) => isEven(s) && isSmall(s) && s.op.countPad === counts)) {
    const padding = step.forward('padding', evenPads, 'padding');
    const more = counts ? '' : ', count_include_pad=False';
    return functional((x) => `F.avg_pool2d(${x}, ${kernel}, ${stride}, ${padding}${more})`);
  }
  if (all(step, (s) => isSame(s) && !s.op.countPad)) {
    step.helper('same_avg_pool2d');
    return functional((x) => `same_avg_pool2d(${x}, ${pairText(kernel)}, ${pairText(stride)})`);
  }
  step.helper('padded_avg_pool2d');
  const pads = step.forward('pads', ({ op }) => allPads(op.window.pads));
  const counted = step.forward('count_pad', ({ op }) => op.countPad, 'count_pad');
  return functional((x) => `padded_avg_pool2d(${x}, ${kernel}, ${stride}, ${pads}, ${counted})`);
}
