import type { Target } from '../../src/6-emit/target.ts';
import type { TargetEntry } from '../../src/6-emit/target-entry.ts';

interface ListingOptions {
  readonly numbers: boolean;
  readonly mostLines: number;
  readonly externalData: boolean;
}

/** A target of the tests: a text with one line per node. */
export const listingEntry: TargetEntry<ListingOptions> = {
  name: 'listing',
  description: 'a listing of the nodes',
  form: 'listing',
  types: ['float32'],
  output: {
    kind: 'file',
    ending: '.txt',
    noun: 'listing',
    isOwn: (head) => new TextDecoder().decode(head).startsWith('listing of '),
  },
  options: {
    numbers: { kind: 'flag', description: 'number the lines' },
    mostLines: { kind: 'number', value: 'N', default: 1000, description: 'how many lines are written' },
    externalData: { kind: 'flag', description: 'half of it elsewhere' },
  },
  lacks: ['what is more than a line'],
  load: async () => listingTarget,
};

/** How often the target has written. */
export const written = { times: 0 };

const listingTarget: Target<ListingOptions> = {
  ...listingEntry,
  defaults: { numbers: false, mostLines: 1000, externalData: false },
  check: () => [],
  emit({ graph, options, open }) {
    written.times++;
    const lines = graph.nodes
      .slice(0, options.mostLines)
      .map(({ path, op }, i) => `${options.numbers ? `${i} ` : ''}${path} ${op.kind}`);
    const bytes = new TextEncoder().encode([`listing of ${graph.name}`, ...lines, ''].join('\n'));
    open('').sink.write(bytes);
    return { diagnostics: [], bytes: bytes.length };
  },
};
