// Measures what a keystroke costs in the editor's core: npx tsx bench/ide.ts. Milliseconds of the process's own time, so
// that what else runs on the machine counts little: up to what is read and checked, to one point of a model built, to all.
import { stdlib } from '../src/stdlib.generated.ts';
import { type Keystrokes, percentile, placesOf, typeInto } from '../test/ide/keystrokes.ts';
import { largeSpec, largeTable } from '../test/ide/large-spec.ts';

const word = 'channels';

function report(name: string, lines: number, { checked, first, all }: Keystrokes): void {
  const row = (values: readonly number[]) => [50, 95, 100].map((p) => percentile(values, p).toFixed(1)).join(' / ');
  const parts = `checked ${row(checked)} ms, one point ${row(first)} ms, all ${row(all)} ms`;
  console.log(`${name} (${lines} lines, ${all.length} keystrokes): ${parts}`);
}

console.log('50th / 95th percentile / longest');
for (const name of ['std/efficientnet', 'std/efficientnet-v2', 'std/mobilenet-v3']) {
  const text = stdlib[name] as string;
  typeInto(text, placesOf(text, /\b\w/g, 10), word);
  report(name, text.split('\n').length, typeInto(text, placesOf(text, /\b\w/g, 60), word));
}
const large = largeSpec(10_000);
report('blocks and models', large.split('\n').length, typeInto(large, placesOf(large, /\b\w/g, 40), word));
const table = largeTable(10_000);
report('one table', table.split('\n').length, typeInto(table, placesOf(table, /\b\d+ /g, 2), '16'));
