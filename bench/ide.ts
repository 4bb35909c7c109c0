import { stdlib } from '../src/stdlib.generated.ts';
import { type Keystrokes, percentile, placesOf, typeInto } from '../test/ide/keystrokes.ts';
import { largeSpec, largeTable } from '../test/ide/large-spec.ts';

/**
 * The cost of a keystroke in the editor's core, by text: milliseconds of the process's own time at the 50th and 95th
 * percentile, up to the diagnostics from parsing and checking, up to those with one point of a model built, and up
 * to all, with all variants of all models built.
 */
export function* keystrokeCosts(): Generator<readonly [name: string, costs: Readonly<Record<string, number>>]> {
  const word = 'channels';
  for (const name of ['std/efficientnet', 'std/efficientnet-v2', 'std/mobilenet-v3']) {
    const text = stdlib[name] as string;
    typeInto(text, placesOf(text, /\b\w/g, 10), word);
    yield [`typing in ${name}`, costsOf(typeInto(text, placesOf(text, /\b\w/g, 60), word))];
  }
  const large = largeSpec(10_000);
  yield ['typing in 10,000 lines', costsOf(typeInto(large, placesOf(large, /\b\w/g, 40), word))];
  const table = largeTable(10_000);
  yield ['typing in a table of 10,000 rows', costsOf(typeInto(table, placesOf(table, /\b\d+ /g, 4), '16'))];
}

function costsOf({ checked, first, all }: Keystrokes): Record<string, number> {
  const at = (name: string, values: readonly number[]) =>
    [50, 95].map((p) => [`${name} p${p} ms`, percentile(values, p)] as const);
  return {
    keystrokes: all.length,
    ...Object.fromEntries([...at('checked', checked), ...at('one point', first), ...at('all', all)]),
  };
}
