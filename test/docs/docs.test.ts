import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { documentedCommands, fillCliHelp } from '../../scripts/docs/cli-help.ts';
import { renderDiagnosticsDoc } from '../../scripts/docs/diagnostics.ts';
import { renderFigures } from '../../scripts/docs/figures.ts';
import { pythonSources, renderModelsDoc, specLines } from '../../scripts/docs/models.ts';
import { fillOpsTable } from '../../scripts/docs/ops-table.ts';
import { format } from '../../src/1-parse/format.ts';
import { parseLimits } from '../../src/1-parse/limits.ts';
import { builtinFunctions, builtinOps, paddings, scalingFunctions } from '../../src/2-resolve/builtins.ts';
import { objectives } from '../../src/3-check/meanings/occurrence.ts';
import { conventions } from '../../src/4-scale/convention.ts';
import { buildLimits } from '../../src/4-scale/limits.ts';
import { checkSource } from '../../src/check-source.ts';
import { exitCodes } from '../../src/cli/io.ts';
import { codes } from '../../src/diagnostics/catalog.ts';
import { libraryModels } from '../../src/library.ts';
import { activationNames } from '../../src/ops/activations.ts';
import { memoryHost } from '../language/build.ts';
import { examplesOf, wrapExample } from './examples.ts';
import { headingsOf, linksOf } from './links.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const exists = (path: string) => existsSync(new URL(path, root));

const examples = exists('examples/') ? readdirSync(new URL('examples/', root)) : [];
const pages = [
  'README.md',
  ...readdirSync(new URL('docs/', root)).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  'examples/README.md',
  ...examples.map((name) => `examples/${name}/README.md`),
].filter(exists);

describe.each(pages.filter((page) => read(page).includes('```enet')))('the examples of %s', (page) => {
  const found = examplesOf(read(page));
  const files = Object.fromEntries(found.flatMap((e) => (e.file ? [[`/specs/${e.file}`, e.text]] : [])));
  test.each(found)('line $line', (example) => {
    const text = wrapExample(example);
    const { diagnostics } = checkSource({ name: example.file ?? 'page.enet', text }, memoryHost(files));
    const said = diagnostics.map((d) => (example.error ? d.code : `${d.code}: ${d.message}`));
    expect(said, text).toEqual(example.error ? [example.error] : []);
    const formatted = format({ name: 'page.enet', text });
    expect(formatted.text, 'its canonical form').toBe(text);
  });
});

describe('docs/language.md mentions', () => {
  const page = read('docs/language.md');
  const codeSpans = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.match(/\w+/g) ?? []));
  const names = [
    ...[...builtinOps.values()].flatMap((op) => [op.name, ...op.params.map((p) => p.name)]),
    ...builtinFunctions.keys(),
    ...scalingFunctions.keys(),
    ...activationNames,
    ...paddings,
    ...Object.keys(objectives),
  ];
  test.each([...new Set(names)])('%s', (name) => expect(codeSpans).toContain(name));

  test('each op in the table, as its descriptor states it (npm run generate)', () => {
    expect(fillOpsTable(page)).toBe(page);
    for (const name of builtinOps.keys()) expect(page).toContain(`\n| \`${name}\` | `);
  });
});

/** The section of a page under a heading, up to the next one. */
function sectionOf(path: string, heading: string): string {
  return (
    read(path)
      .split(/^#+ /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? ''
  );
}

test('docs/language.md states the bounds that hold', () => {
  const limits = sectionOf('docs/language.md', 'Limits');
  const { steps, nodeSteps, checkSteps, fileSteps, expressions, traces, elements, parameters, ...sizes } = buildLimits;
  const { characters, tokens, nesting, operators, columns } = parseLimits;
  for (const n of [characters, tokens, nesting, operators, columns, ...Object.values(sizes)]) {
    expect(limits).toMatch(new RegExp(`[|;] *${n.toLocaleString('en-GB')}(;| \\|)`));
  }
  expect(limits).toContain(`2 ^ ${Math.log2(elements)}; 10 ^ ${Math.log10(parameters)} |`);
});

test('docs/language.md states what the conventions are', () => {
  const section = sectionOf('docs/language.md', 'Conventions');
  const row = (start: string) => section.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? '';
  const { tf, torch } = conventions;
  for (const [start, key] of Object.entries({
    '`padding`': 'padding',
    '`epsilon`': 'epsilon',
    '`momentum`': 'momentum',
    '`count_pad`': 'countPad',
  } as const)) {
    const cells = row(start)
      .split('|')
      .slice(2, 4)
      .map((cell) => /[\w.-]+/.exec(cell)?.[0]);
    expect(
      cells.map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell))),
      key,
    ).toEqual([tf[key], torch[key]].map((value) => (typeof value === 'boolean' ? String(value) : value)));
  }
});

test('docs/cli.md names every exit code', () => {
  const codesThere = [...sectionOf('docs/cli.md', 'Exit codes').matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, c = '']) =>
    c.split(', '),
  );
  expect(codesThere.map(Number)).toEqual(Object.values(exitCodes));
});

test.each(pages)('the links of %s lead somewhere', (page) => {
  const broken = linksOf(read(page)).filter((link) => {
    const { pathname, hash } = new URL(link, `file:///${page}`);
    const target = decodeURIComponent(pathname).slice(1);
    if (!exists(target)) return true;
    return hash !== '' && target.endsWith('.md') && !headingsOf(read(target)).includes(hash.slice(1));
  });
  expect(broken).toEqual([]);
});

test('docs/diagnostics.md is current (npm run generate), and shows no undefined argument', () => {
  const page = renderDiagnosticsDoc();
  expect(read('docs/diagnostics.md')).toBe(page);
  expect(page).not.toMatch(/undefined|NaN|\[object/);
  expect(page.match(/^### \S+$/gm)).toEqual(codes.map((code) => `### ${code}`));
});

test('docs/models.md and its drawings are current (npm run generate)', () => {
  const { page, drawings } = renderModelsDoc();
  expect(read('docs/models.md')).toBe(page);
  expect(page).not.toMatch(/undefined|NaN|\[object/);
  for (const [name, svg] of drawings) expect(read(`docs/images/models/${name}`)).toBe(svg);
});

test('figures of other pages are what the commands draw (npm run generate)', () => {
  for (const [name, svg] of renderFigures()) expect(read(`docs/images/${name}`), name).toBe(svg);
});

test('a spec of the library is shorter than the Python that states the same network', () => {
  const longer = libraryModels.filter(
    ({ name, module }) => specLines(module) >= (pythonSources.models[name]?.lines ?? Number.POSITIVE_INFINITY),
  );
  expect(longer).toEqual([]);
});

test('docs/cli.md has the current help of every command (npm run generate)', () => {
  const page = read('docs/cli.md');
  expect(fillCliHelp(page)).toBe(page);
  for (const name of ['enetc', ...documentedCommands]) expect(page).toContain(`<!-- help ${name} -->`);
});
