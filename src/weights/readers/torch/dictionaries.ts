import { isFloat } from '../../checkpoint.ts';
import { Unreadable } from '../byte-reader.ts';
import { ofKind, type PickleValue, type Tensor } from './pickle-values.ts';

/** A dictionary of tensors in a checkpoint. */
export interface TensorDictionary {
  /** The keys that lead to it, joined by dots: `model_ema.module`; empty for the whole. */
  readonly key: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Whether it contains averages of the weights over the steps of training, by its keys. */
  readonly isAveraged: boolean;
}

/** The dictionary that is read, and the alternatives. */
export interface ChosenDictionary {
  readonly chosen: TensorDictionary;
  readonly others: readonly TensorDictionary[];
}

/** Limits of the depth and number of dictionaries. */
const mostDepth = 4;
const mostDictionaries = 1000;

const averaged = /(^|_)(ema|swa|averaged?|shadow)(_|$)/i;
/** Keys of what training keeps next to the weights. */
const ofTraining = /optim|sched|scaler|grad|loss|^state$|metric|args|config|criterion|sampler|history/i;
/** The keys that weights usually have, the most usual first. */
const usual = [
  'state_dict',
  'model',
  'model_state_dict',
  'model_state',
  'params',
  'weights',
  'net',
  'network',
  'module',
];

/**
 * Finds the weights in a checkpoint: the averages, if there are as many as weights; else the weights; among several dictionaries
 * the one with a usual key. @param asked the keys of the dictionary to read. @throws Unreadable where there is none, or more than
 * one candidate
 */
export function chooseDictionary(content: PickleValue, asked: string | undefined): ChosenDictionary {
  const found = findDictionaries(content);
  if (asked !== undefined) {
    const chosen = found.find(({ key }) => key === asked) ?? found.find(({ key }) => key.startsWith(`${asked}.`));
    if (chosen) return { chosen, others: [] };
    const names = list(found.filter(({ key }) => key !== ''));
    throw new Unreadable(`it has no dictionary of tensors '${asked}'${names ? `; it has ${names}` : ''}`);
  }
  const all = found.filter(({ key }) => !key.split('.').some((part) => ofTraining.test(part)));
  const most = Math.max(...all.map(countFloats));
  const large = all.filter((dictionary) => countFloats(dictionary) * 2 >= most);
  const raw = large.filter(({ isAveraged }) => !isAveraged);
  const complete = Math.max(0, ...raw.map(countFloats));
  const averages = large.filter((dictionary) => dictionary.isAveraged && countFloats(dictionary) >= complete);
  const chosen = mostUsual(averages) ?? mostUsual(raw);
  if (!chosen && large.length === 0) throw new Unreadable('it holds no dictionary of tensors');
  if (!chosen) throw new Unreadable(`it has several dictionaries of tensors: ${list(large)}; --weights-key takes one`);
  return { chosen, others: large.filter((dictionary) => dictionary !== chosen) };
}

function findDictionaries(content: PickleValue): TensorDictionary[] {
  const found: TensorDictionary[] = [];
  const visit = (value: PickleValue, keys: readonly string[]) => {
    if (!(value instanceof Map) || found.length >= mostDictionaries || keys.length > mostDepth) return;
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of value) {
      const tensor = ofKind(entry, 'tensor');
      if (tensor && typeof name === 'string') tensors.set(name, tensor);
    }
    const isAveraged = keys.some((key) => averaged.test(key));
    if (tensors.size > 0) found.push({ key: keys.join('.'), tensors, isAveraged });
    for (const [name, entry] of value) if (typeof name === 'string') visit(entry, [...keys, name]);
  };
  visit(content, []);
  return found;
}

/** The only one; of several the only one with a usual key. */
function mostUsual(dictionaries: readonly TensorDictionary[]): TensorDictionary | undefined {
  if (dictionaries.length <= 1) return dictionaries[0];
  const whole = dictionaries.find(({ key }) => key === '');
  if (whole) return whole;
  const ranked = dictionaries
    .map((dictionary) => ({ dictionary, rank: rankOf(dictionary.key) }))
    .sort((a, b) => a.rank - b.rank);
  const [first, second] = ranked;
  return first && second && first.rank < second.rank ? first.dictionary : undefined;
}

function rankOf(key: string): number {
  const ranks = key.split('.').map((part) => usual.indexOf(part.replace(/_?(ema|swa)_?/i, '') || 'state_dict'));
  const known = ranks.filter((rank) => rank >= 0);
  return known.length === 0 ? usual.length : Math.min(...known);
}

function countFloats({ tensors }: TensorDictionary): number {
  let count = 0;
  for (const { type } of tensors.values()) if (isFloat(type.dtype)) count++;
  return count;
}

function list(dictionaries: readonly TensorDictionary[]): string {
  const shown = dictionaries.slice(0, 8).map(({ key }) => `'${key}'`);
  return shown.join(', ') + (dictionaries.length > shown.length ? ', ...' : '');
}
