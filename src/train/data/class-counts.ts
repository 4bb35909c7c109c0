import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import { looseName, quotedNames } from './quoted-names.ts';
import type { Split } from './types.ts';

/** How many images of a class there are. */
export interface ClassCount {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
}

/** From this ratio of the largest class to the smallest on, a warning states it. */
const unequal = 10;
/** The most classes that are listed. */
const listed = 10;

/** Counts the images of each class, in the order of the classes. */
export function classCounts(
  classes: readonly string[],
  train: Split,
  validation: Split | undefined,
): readonly ClassCount[] {
  const [inTrain, inValidation] = [train, validation].map((split) => {
    const counts = new Int32Array(classes.length);
    for (const label of split?.labels ?? []) counts[label] = (counts[label] as number) + 1;
    return counts;
  }) as [Int32Array, Int32Array];
  return classes.map((name, k) => ({
    name,
    train: inTrain[k] as number,
    validation: inValidation[k] as number,
  }));
}

/** The counts in one line: all of them for few classes, else both ends and the middle. */
export function classCountsText(counts: readonly ClassCount[]): string {
  if (counts.length <= listed) {
    const train = counts.map((count) => `${count.name}: ${count.train}`).join(', ');
    const validation = counts.map((count) => count.validation).join(', ');
    return counts.some((count) => count.validation > 0) ? `${train} (to validate with: ${validation})` : train;
  }
  const sorted = byTrain(counts);
  const [least, most] = [sorted[0], sorted.at(-1)] as [ClassCount, ClassCount];
  const median = sorted[sorted.length >> 1] as ClassCount;
  const [from, to, middle] = [least, most, median].map(({ train }) => train.toLocaleString('en-US'));
  return `from ${from} ${nounFor(least.train, 'image')} ('${least.name}') to ${to} ('${most.name}'), median ${middle}`;
}

/** Warnings about counts that are probably not intended. @param balanced whether the settings even the classes out. */
export function classCountsWarnings(counts: readonly ClassCount[], balanced: boolean): Words[] {
  const sorted = byTrain(counts.filter(({ train }) => train > 0));
  const [least, most] = [sorted[0], sorted.at(-1)];
  const untrained = counts.filter(({ train }) => train === 0).map(({ name }) => name);
  const unseen = counts.filter(({ train, validation }) => train > 0 && validation === 0).map(({ name }) => name);
  const validated = counts.some(({ validation }) => validation > 0);
  return [
    ...alike(counts.map(({ name }) => name)),
    ...(untrained.length > 0 ? [`there is no training image of ${quotedNames(untrained)}`] : []),
    ...(validated && unseen.length > 0 ? [`there is no validation image of ${quotedNames(unseen)}`] : []),
    ...(least && most && !balanced && most.train >= unequal * least.train
      ? [
          words`the classes are unbalanced: '${most.name}' has ${most.train} training images, '${least.name}' ${least.train}; ${option('class-weights', 'balanced')} or ${option('balanced')} compensates for it`,
        ]
      : []),
  ];
}

/** Classes that are most likely one class, spelled in two ways. */
function alike(names: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(looseName(name), [...(groups.get(looseName(name)) ?? []), name]);
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .slice(0, 5)
    .map(
      (group) =>
        `the classes ${quotedNames(group)} differ only in case or in spaces: they are trained as ${group.length} classes`,
    );
}

function byTrain(counts: readonly ClassCount[]): ClassCount[] {
  return [...counts].sort((a, b) => a.train - b.train);
}
