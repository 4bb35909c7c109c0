import { Unsayable } from '../unsayable.ts';

/** A row of blocks as stated by a block string: `ir_r2_k3_s2_e6_c24_se0.25`. */
export interface BlockRow {
  /** As it is written. */
  readonly from: string;
  readonly block: 'MBConv' | 'FusedMBConv' | 'SeparableConv' | 'ConvBnAct';
  readonly repeat: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expand?: number;
  readonly se?: number;
  readonly act?: string;
  readonly skip?: false;
  /** The channels of the first block's input, where the string states them. */
  readonly inputs?: number;
}

/** timm's letters for activations: timm/models/_efficientnet_builder.py, `_decode_block_str`. */
const activations: Readonly<Record<string, string>> = {
  nre: 'relu',
  nr6: 'relu6',
  nhs: 'hardswish',
  nsw: 'silu',
  nmi: 'mish',
};

/** What such strings begin with: a type of timm, or the repeats. */
const start = /^(?:[a-z]{2,3}_)?r\d{1,4}_[a-z0-9._]{1,200}$/;

/** The block strings in a text, a Python list, JSON, or one per line. */
export function blockStrings(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.split('#')[0] as string);
  return lines.flatMap((line) => line.split(/[\s'",[\]()]/).filter((word) => start.test(word)));
}

/**
 * Reads a block string, of timm (`ir_r2_k3_s2_e6_c24_se0.25`) or of the TPU reference code (`r2_k3_s22_e6_i16_o24_se0.25`).
 * @throws Unsayable
 */
export function readBlockString(from: string): BlockRow {
  const [first = '', ...others] = from.split('_');
  const isTimm = !/^r\d/.test(first);
  const words = isTimm ? others : [first, ...others];
  const numbers = new Map<string, string>();
  let act: string | undefined;
  let skips: boolean | undefined;
  for (const word of words) {
    const [, key = '', value = ''] = /^([a-z]+)(\d[\d.]*)$/.exec(word) ?? [];
    if (word === 'noskip' || word === 'skip') skips = word === 'skip';
    else if (Object.hasOwn(activations, word)) act = activations[word];
    else if (key !== '' && !numbers.has(key)) numbers.set(key, value);
    else throw new Unsayable(`'${word}' is not understood`);
  }
  const known = isTimm ? ['r', 'k', 's', 'e', 'c', 'se', 'a', 'p'] : ['r', 'k', 's', 'e', 'i', 'o', 'se', 'f', 'c'];
  const strange = [...numbers.keys()].find((key) => !known.includes(key));
  if (strange !== undefined) throw new Unsayable(`'${strange}${numbers.get(strange)}' cannot be expressed`);
  for (const key of ['a', 'p']) {
    if ((numbers.get(key) ?? '1') !== '1') throw new Unsayable(`'${key}${numbers.get(key)}' cannot be expressed`);
  }
  const whole = (key: string, otherwise?: number): number => {
    const value = numbers.has(key) ? Number(numbers.get(key)) : otherwise;
    if (value === undefined || !Number.isInteger(value) || value < 1)
      throw new Unsayable(`it has no whole number '${key}'`);
    return value;
  };
  const isFused = !isTimm && (numbers.get('f') === '1' || numbers.get('c') === '1');
  const type = isTimm ? first : isFused ? 'er' : 'ir';
  const se = Number(numbers.get('se') ?? 0);
  const common = {
    from,
    repeat: whole('r'),
    channels: whole(isTimm ? 'c' : 'o'),
    kernel: whole('k'),
    stride: strideOf(String(numbers.get('s') ?? '1')),
    ...(act !== undefined && { act }),
    ...(numbers.has('i') && { inputs: whole('i') }),
  };
  const expand = Number(numbers.get('e') ?? 1);
  const noSkip = skips === false && ({ skip: false } as const);
  if (type === 'ir') return { ...common, block: 'MBConv', expand, se, ...noSkip };
  if (type === 'ds') return { ...common, block: 'MBConv', expand: 1, se, ...noSkip };
  if (se > 0) throw new Unsayable(`a squeeze-and-excitation in a block of the type '${type}' cannot be expressed`);
  if (type === 'dsa') return { ...common, block: 'SeparableConv' };
  if (type === 'cn' && skips !== true) return { ...common, block: 'ConvBnAct' };
  if (type === 'cn') return { ...common, block: 'FusedMBConv', expand: 1 };
  if (type !== 'er') throw new Unsayable(`blocks of the type '${type}' cannot be expressed`);
  if (skips === false) throw new Unsayable("a fused block with 'noskip' cannot be expressed");
  // timm's has a second convolution then; that of the reference code does not.
  if (expand === 1 && isTimm) throw new Unsayable("a block of the type 'er' with 'e1' cannot be expressed");
  return { ...common, block: 'FusedMBConv', expand };
}

/** `2`, or `22` for height and width. */
function strideOf(text: string): number {
  const [high, wide = high] = text;
  if (high !== wide || !/^[1-9]{1,2}$/.test(text)) throw new Unsayable(`its stride '${text}' cannot be expressed`);
  return Number(high);
}
