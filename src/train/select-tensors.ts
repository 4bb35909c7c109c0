import type { Graph } from '../5-graph/graph.ts';
import { graphTensors } from '../5-graph/graph.ts';
import { headTensors } from '../5-graph/head-tensors.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { option, words as text } from '../diagnostics/words.ts';
import { RunError } from './run-error.ts';
import type { SettingName } from './settings.ts';

/**
 * The tensors that a list of parts names: `stem,stages.1-4` are those of the section `stem` and of the rows 1 to 4 of
 * `stages`. A part is a prefix of a path, in whole words; a word of two numbers with a dash is a range.
 * @param setting the list's name, for messages.
 * @throws RunError if a part, or an end of a range, names nothing.
 */
export function selectTensors(graph: Graph, parts: string, setting: SettingName): ReadonlySet<string> {
  const names = [...graphTensors(graph)].map(({ tensor }) => tensor.name);
  const selected = new Set<string>();
  for (const part of parts.split(',').map((p) => p.trim())) {
    const unknown = [part, ...endsOfRanges(part)].find((p) => p === '' || namesOf(p, names).length === 0);
    if (unknown !== undefined) throw unknownPart(unknown, names, setting);
    for (const name of namesOf(part, names)) selected.add(name);
  }
  return selected;
}

function namesOf(part: string, names: readonly string[]): string[] {
  const words = part.split('.');
  return names.filter((name) => startsWith(name.split('.'), words));
}

/** `stages.1` and `stages.4` of `stages.1-4`: naming a row that does not exist is an error. */
function endsOfRanges(part: string): string[] {
  const words = part.split('.');
  return words.flatMap((word, i) =>
    /^\d+-\d+$/.test(word) ? word.split('-').map((end) => words.with(i, end).join('.')) : [],
  );
}

/** The section that contains the last linear layer, whose rate `head-rate` multiplies by default. */
export function defaultHead(graph: Graph): ReadonlySet<string> {
  const found = headTensors(graph);
  if (found) return found;
  throw new RunError(
    text`'${graph.name}' has no linear layer: ${option('head')} has to name the part that ${option('head-rate')} applies to`,
    { setting: 'head' },
  );
}

function startsWith(path: readonly string[], words: readonly string[]): boolean {
  return words.length <= path.length && words.every((word, i) => wordFits(word, path[i] as string));
}

function wordFits(word: string, name: string): boolean {
  if (word === name) return true;
  const range = /^(\d+)-(\d+)$/.exec(word);
  return range !== null && /^\d+$/.test(name) && Number(name) >= Number(range[1]) && Number(name) <= Number(range[2]);
}

function unknownPart(part: string, names: readonly string[], setting: SettingName): RunError {
  const words = part.split('.');
  const paths = names.map((name) => name.split('.'));
  // The existing parts below the words that match.
  let known = words.length - 1;
  while (known > 0 && !paths.some((path) => startsWith(path, words.slice(0, known)))) known--;
  const parts = [
    ...new Set(paths.filter((path) => startsWith(path, words.slice(0, known))).map((path) => path[known])),
  ];
  const whole = known === 0 ? 'its sections' : `the parts of '${words.slice(0, known).join('.')}'`;
  const there = parts.filter((name) => name !== undefined);
  const hint = didYouMean(
    words[known] ?? '',
    there.filter((name) => !/^\d+$/.test(name)),
  );
  const others = hint || `; ${whole} are ${there.join(', ')}`;
  return new RunError(text`${option(setting)}: the network has no part '${part}' that owns weights${others}`, {
    setting,
  });
}
