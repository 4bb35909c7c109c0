import { type Encoding, groupsOf, type Space } from '../space/space.ts';
import type { Parts, Selection } from './searcher.ts';

/** A space as a product of parts: decisions that depend on each other are one part, whose alternatives are all their settings. */
export interface SpaceParts extends Parts {
  /** The encoding of a selection. */
  encodingOf(selection: Selection): Encoding;
}

/** @throws RangeError if decisions that depend on each other have more than a hundred thousand settings together */
export function partsOfSpace(space: Space): SpaceParts {
  const groups = groupsOf(space).map(({ parents, cases }) =>
    cases.flatMap(({ options, free }) => {
      const fixed = parents.map((parent, k): readonly [number, number] => [parent, options[k] as number]);
      let settings: (readonly (readonly [decision: number, option: number])[])[] = [fixed];
      for (const decision of free) {
        const count = space.decisions[decision]?.options.length ?? 0;
        settings = settings.flatMap((set) => Array.from({ length: count }, (_, o) => [...set, [decision, o] as const]));
        if (settings.length > 1e5) throw new RangeError('too many settings of decisions that depend on each other');
      }
      return settings;
    }),
  );
  return {
    sizes: groups.map((settings) => settings.length),
    encodingOf(selection) {
      const encoding = space.decisions.map(() => 0);
      for (const [part, alternative] of selection.entries()) {
        for (const [decision, option] of groups[part]?.[alternative] ?? []) encoding[decision] = option;
      }
      return encoding;
    },
  };
}
