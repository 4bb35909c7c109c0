import { buildDiagnostics } from '../../src/diagnostics/catalog/build.ts';
import { checkDiagnostics } from '../../src/diagnostics/catalog/check.ts';
import type { Entry } from '../../src/diagnostics/catalog/entry.ts';
import { importDiagnostics } from '../../src/diagnostics/catalog/import.ts';
import { parseDiagnostics } from '../../src/diagnostics/catalog/parse.ts';
import { resolveDiagnostics } from '../../src/diagnostics/catalog/resolve.ts';
import { scaleDiagnostics } from '../../src/diagnostics/catalog/scale.ts';
import { searchDiagnostics } from '../../src/diagnostics/catalog/search.ts';
import { targetDiagnostics } from '../../src/diagnostics/catalog/target.ts';
import { trainingDiagnostics } from '../../src/diagnostics/catalog/training.ts';
import { weightDiagnostics } from '../../src/diagnostics/catalog/weights.ts';
import { codes } from '../../src/diagnostics/catalog.ts';

type AnyEntry = Entry<Readonly<Record<string, string>>>;

/** The catalog's files in the order of the phases, with a title and a sentence each. */
const phases: readonly (readonly [title: string, about: string, entries: object])[] = [
  ['Text', 'Errors in the text itself. The parser continues after each of these.', parseDiagnostics],
  ['Imports and declarations', 'Errors in imports and in the names of declarations.', resolveDiagnostics],
  ['Checks', 'Errors that can be found without building a network.', checkDiagnostics],
  ['Choosing a point of the family', 'Errors in `--phi`, `--variant`, `--set` and similar options.', scaleDiagnostics],
  ['Building', 'Errors that show only when a network is built at one point of its family.', buildDiagnostics],
  ['Weights', 'Errors in a file of weights, or mismatches between it and a model.', weightDiagnostics],
  ['Targets', 'What a target cannot write.', targetDiagnostics],
  ['Training', 'What cannot be trained.', trainingDiagnostics],
  ['Search', 'What finding a network in a family can fail at.', searchDiagnostics],
  ['Import', 'What of a network of another program cannot be expressed.', importDiagnostics],
];

/** docs/diagnostics.md: every diagnostic by its phase. */
export function renderDiagnosticsDoc(): string {
  const sections = phases.map(([title, about, entries]) => {
    const parts = Object.entries(entries as Readonly<Record<string, AnyEntry>>).map(renderEntry);
    return [`## ${title}`, about, ...parts].join('\n\n');
  });
  const shown = new Set(phases.flatMap(([, , entries]) => Object.keys(entries)));
  const missing = codes.filter((code) => !shown.has(code));
  if (missing.length > 0) throw new Error(`scripts/docs/diagnostics.ts has no phase for ${missing.join(', ')}`);
  return `<!-- Generated from src/diagnostics/catalog/ by \`npm run generate\`. Do not edit. -->

# Diagnostics

What the compiler reports about a spec, the values on a command line, and a checkpoint: ${codes.length} diagnostics, each with a
stable code. \`enetc explain CODE\` prints the same text. Words in angle brackets stand for what a message names, and
if a name is close to an existing one, the message ends with \`did you mean '...'?\`.

An **error** keeps the network from being built. A **warning** does not, but is worth a look (\`enetc check --max-warnings 0\`
makes it count). An **info** is only informative.

${sections.join('\n\n')}
`;
}

function renderEntry([code, { severity, message, explanation }]: [string, AnyEntry]): string {
  return `### ${code}\n\n**${severity}**: \`${message(placeholders)}\`\n\n${explanation}`;
}

/** For each argument of a message, its name as a word: `<name>`. Hints are left out: most messages have none. */
const placeholders: Readonly<Record<string, string>> = new Proxy(
  {},
  { get: (_, name) => (name === 'hint' ? '' : `<${String(name)}>`) },
);
