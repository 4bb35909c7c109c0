import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';
import { processorTime } from '../processor-time.ts';

/** Regular expressions: none may take more than linear time on any text, for specs, messages and files come from anyone. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['src', 'grammar', 'editors/vscode/src'];

interface Expression {
  readonly where: string;
  readonly pattern: string;
  readonly flags: string;
}

const isText = (file: string) => file.endsWith('.ts') && !file.endsWith('.generated.ts') && !file.endsWith('.d.ts');

function sources(): { readonly file: string; readonly text: string }[] {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return files.filter(isText).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** The literals of a file, and whether it makes expressions out of texts. */
function expressionsOf(file: string, text: string): { literals: Expression[]; makes: boolean } {
  const literals: Expression[] = [];
  let makes = false;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, regex, start, callee } = node as {
      type?: string;
      regex?: { pattern: string; flags: string };
      start: number;
      callee?: { name?: string };
    };
    if (type === 'Literal' && regex) {
      const line = text.slice(0, start).split('\n').length;
      literals.push({ where: `${file}:${line}`, pattern: regex.pattern, flags: regex.flags });
    }
    if ((type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp') makes = true;
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return { literals, makes };
}

/** Texts that expressions of this kind may be slow on: what they are made of, repeated, and an end that fits nothing. */
function* attacks(pattern: string): Generator<(length: number) => string> {
  const plain = pattern.replace(/\\[wdsbBWDS]|\[\^?|[\](){}?*+|^$]/g, '\0').replace(/\\(.)/g, '$1');
  const words = [...plain.matchAll(/[A-Za-z][A-Za-z :.]+/g)].map(([word]) => word);
  const marks = [...new Set(pattern.match(/[^\w\\\s]/g))];
  const bases = [...new Set(['a', '1', ' ', '\n', '\t', ...marks, ...words])];
  const starts = ['', ...bases, ...marks.map((mark) => `a${mark}`)];
  const pumps = [...bases, ...marks.map((mark) => `a${mark}`), ...marks.map((mark) => `${mark} `), '${1:', '<1:'];
  for (const start of starts) {
    for (const pump of pumps) yield (length) => `${start}${pump.repeat(Math.ceil(length / pump.length))}\0`;
  }
}

const wall = () => performance.now();

/**
 * The first text that an expression takes longer for than `most` milliseconds, three times of three, and more than three times as long
 * where the text is twice as long: a linear expression that is slow because the machine is busy is not what is looked for.
 */
function slowOn({ pattern, flags }: Expression, length: number, most: number): string | undefined {
  const expression = new RegExp(pattern, flags);
  const cost = (text: string, clock: () => number) => {
    const start = clock();
    expression.lastIndex = 0;
    if (flags.includes('g')) text.match(expression);
    else expression.exec(text);
    return clock() - start;
  };
  const leastCost = (text: string) => Math.min(...[1, 2, 3].map(() => cost(text, processorTime)));
  for (const attack of attacks(pattern)) {
    const text = attack(length);
    if (cost(text, wall) <= most) continue;
    const least = leastCost(text);
    if (least > most && (least > 8 * most || leastCost(attack(2 * length)) > 3 * least)) return text.slice(0, 40);
  }
  return undefined;
}

const all = sources().map(({ file, text }) => ({ file, ...expressionsOf(file, text) }));
const literals = all.flatMap((found) => found.literals);

test('the way of looking for slow expressions finds those that are known to be slow', () => {
  const slow = [
    '-+$',
    '\\s*\\n\\s*',
    'phi\\s*[=:]?\\s*(\\d)$',
    '[a-z]+(?:-[a-z0-9]+)+',
    '\\w*$',
    'a .* b',
    '^(\\d+\\.?\\d*|\\.\\d+)$',
  ];
  for (const pattern of slow) expect(slowOn({ where: '', pattern, flags: 'g' }, 6000, 4)).toBeDefined();
});

test('no regular expression is slow on a long text', () => {
  expect(literals.length).toBeGreaterThan(100);
  const slow = literals.flatMap((literal) => {
    // a short text first: some take cubic time
    const on = slowOn(literal, 400, 4) ?? slowOn(literal, 6000, 4);
    return on === undefined ? [] : [`${literal.where} /${literal.pattern}/ on ${JSON.stringify(on)}`];
  });
  expect(slow).toEqual([]);
});

test('expressions are written out, not made of texts, but in the two places that cut texts', () => {
  expect(all.filter(({ makes }) => makes).map(({ file }) => file)).toEqual(['src/ide/core/cut.ts', 'grammar/lexer.ts']);
});
