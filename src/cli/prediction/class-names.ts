import { imagenetNames } from '../../node/read-labels.ts';
import type { Classifier } from '../../predict/classifier.ts';
import { RunError } from '../../train/run-error.ts';

/**
 * The names of a network's classes: those that are asked for, its own, ImageNet's for 1000 classes, or for 1001 with the background first
 * (as TensorFlow's networks have it), which is said; else none, so that classes are called by their numbers.
 * @throws RunError for another number of names than of classes.
 */
export async function classNames(
  asked: readonly string[] | undefined,
  { labels, name }: Classifier,
  classes: number,
  warn: (message: string) => void,
): Promise<readonly string[]> {
  const known = asked ?? labels;
  if (known && known.length !== classes) {
    throw new RunError(`${known.length} class names are given, but '${name}' has ${classes} classes`, {
      setting: 'labels',
    });
  }
  if (known) return known;
  const names = classes === 1000 || classes === 1001 ? await imagenetNames() : [];
  if (names.length === 0) return names;
  warn(`'${name}' does not name its ${classes} classes: ImageNet's are assumed; --labels FILE sets others`);
  return classes === names.length ? names : ['background', ...names];
}
