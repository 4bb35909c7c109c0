import type { TargetEntry, TargetOption } from '../6-emit/target-entry.ts';
import type { Option } from './option.ts';

/** `externalData` as the command line writes it: `external-data`. */
export function optionName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** How the command line asks for a form of a target: `tfjs with --graph`. */
export function targetLabel({ name, flag }: TargetEntry): string {
  return flag === undefined ? name : `${name} with --${flag}`;
}

/** The options that choose one of the targets. */
export function choiceOptions(targets: readonly TargetEntry[]): Option[] {
  const plain = targets.filter(({ flag }) => flag === undefined);
  const written = plain.map(({ description }, i) => (i === 0 ? `${description} (the default)` : description));
  return [
    {
      name: 'target',
      value: 'NAME',
      choices: plain.map(({ name }) => name),
      description: `what to write: ${inWords(written)}`,
    },
    ...targets.flatMap(({ name, flag, description }): Option[] =>
      flag === undefined ? [] : [{ name: flag, description: `${name}: ${description}` }],
    ),
  ];
}

/** An option that steers a pass before the target: whatever it can be of use to takes it. */
interface PassOption {
  readonly name: string;
  /** What it does, by target. */
  describe(entry: TargetEntry): string;
  isFor(entry: TargetEntry): boolean;
  /** What a refusal adds. */
  readonly why?: string;
}

export const passOptions: readonly PassOption[] = [
  {
    name: 'half',
    describe: ({ halves }) => (halves === 'weights' ? 'float16 weights' : 'float16 weights and compute'),
    isFor: ({ halves }) => halves !== undefined,
  },
  {
    name: 'int8',
    describe: () => 'int8 weights and values, with ranges from --calibrate; inputs and outputs stay float32',
    isFor: ({ types }) => types.includes('int8'),
  },
  {
    name: 'no-fold',
    describe: () => 'keep batch norms instead of folding them into convolutions',
    isFor: ({ purpose }) => purpose !== 'training',
    why: ': a form that trains keeps its batch norms anyway',
  },
  {
    name: 'no-merge',
    describe: () => 'keep parallel linear branches instead of merging them into one convolution',
    isFor: ({ purpose }) => purpose !== 'training',
    why: ': a form that trains keeps its branches anyway',
  },
];

/** The options that the targets take themselves, and those of the passes before them. Targets can share one: its choices are those of all. */
export function targetOptions(targets: readonly TargetEntry[]): Option[] {
  const byName = new Map<string, { entry: TargetEntry; option: TargetOption }[]>();
  for (const entry of targets) {
    for (const [property, option] of Object.entries(entry.options) as [string, TargetOption][]) {
      const name = optionName(property);
      byName.set(name, [...(byName.get(name) ?? []), { entry, option }]);
    }
  }
  return [
    ...[...byName].map(([name, owners]): Option => {
      const description = owners.map(({ entry, option }) => `${targetLabel(entry)}: ${withDefault(option)}`).join('; ');
      return { name, description, ...valueFields(owners.map(({ option }) => option)) };
    }),
    ...passOptions.map(({ name, isFor, describe }): Option => {
      const byText = new Map<string, TargetEntry[]>();
      for (const entry of targets.filter(isFor))
        byText.set(describe(entry), [...(byText.get(describe(entry)) ?? []), entry]);
      const parts = [...byText].map(([description, takers]) => `${inWords(takers.map(targetLabel))}: ${description}`);
      return { name, description: parts.join('; ') };
    }),
  ];
}

function valueFields([first, ...others]: readonly TargetOption[]): Partial<Option> {
  if (!first || first.kind === 'flag') return {};
  const { value } = first;
  const words = [...new Set([first, ...others].flatMap(wordsOf))];
  const choices = words.length > 0 && { choices: words };
  if (first.kind === 'choice') return { value, ...choices };
  const most = first.most !== undefined && { most: first.most };
  return { value, kind: 'positive', ...most, ...choices };
}

/** The values of an option that are words. */
export function wordsOf(option: TargetOption): readonly string[] {
  if (option.kind === 'flag') return [];
  return option.kind === 'choice' ? option.choices : (option.words ?? []);
}

function withDefault(option: TargetOption): string {
  const preset = option.kind === 'flag' ? undefined : option.default;
  return preset === undefined ? option.description : `${option.description}; ${preset} by default`;
}

/** `a, b, or c` */
function inWords(parts: readonly string[]): string {
  return parts.length < 3 ? parts.join(', or ') : `${parts.slice(0, -1).join(', ')}, or ${parts.at(-1)}`;
}
