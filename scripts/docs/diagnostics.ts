import { buildDiagnostics } from '../../src/diagnostics/catalog/build.ts';
import { checkDiagnostics } from '../../src/diagnostics/catalog/check.ts';
import type { Entry } from '../../src/diagnostics/catalog/entry.ts';
import { parseDiagnostics } from '../../src/diagnostics/catalog/parse.ts';
import { resolveDiagnostics } from '../../src/diagnostics/catalog/resolve.ts';
import { scaleDiagnostics } from '../../src/diagnostics/catalog/scale.ts';
import { targetDiagnostics } from '../../src/diagnostics/catalog/target.ts';
import { trainingDiagnostics } from '../../src/diagnostics/catalog/training.ts';
import { weightDiagnostics } from '../../src/diagnostics/catalog/weights.ts';
import { codes } from '../../src/diagnostics/catalog.ts';

type AnyEntry = Entry<Readonly<Record<string, string>>>;

/** The catalog's files in the order of the phases, with a title and a sentence each. */
const phases: readonly (readonly [title: string, about: string, entries: object])[] = [
  ['Text', 'What the text itself can have wrong. The parser goes on after each of these.', parseDiagnostics],
  ['Imports and declarations', 'What imports and the names of declarations can have wrong.', resolveDiagnostics],
  ['Checks', 'What can be known to be wrong without building a network.', checkDiagnostics],
  [
    'Choosing a point of the family',
    'What `--phi`, `--variant`, `--set` and their like can have wrong.',
    scaleDiagnostics,
  ],
  ['Building', 'What only shows when a network is built at one point of its family.', buildDiagnostics],
  ['Weights', 'What is wrong with a file of weights, or does not fit between it and a model.', weightDiagnostics],
  ['Targets', 'What a target cannot write.', targetDiagnostics],
  ['Training', 'What cannot be trained.', trainingDiagnostics],
];

/** docs/diagnostics.md: every diagnostic by its phase. */
export function renderDiagnosticsDoc(): string {
  const sections = phases.map(([title, about, entries]) => {
    const parts = Object.entries(entries as Readonly<Record<string, AnyEntry>>).map(renderEntry);
    return [`## ${title}`, about, ...parts].join('\n\n');
  });
  const shown = new Set(phases.flatMap(([, , entries]) => Object.keys(entries)));
  const missing = codes.filter((code) => !shown.has(code));
  if (missing.length > 0) throw new Error(`scripts/docs/diagnostics.ts knows no phase of ${missing.join(', ')}`);
  return `<!-- Generated from src/diagnostics/catalog/ by \`npm run generate\`. Do not edit. -->

# Diagnostics

What the compiler says of a spec, of a command line's numbers and of a checkpoint: ${codes.length} diagnostics, each with a
stable code. \`enetc explain CODE\` prints the same text. Words in angle brackets stand for what a message names, and
where a name is close to one that there is, the message ends with \`did you mean '...'?\`.

An **error** keeps the network from being built. A **warning** does not, but is worth a look (\`enetc check --max-warnings 0\`
makes it count). An **info** only tells.

${sections.join('\n\n')}
`;
}

function renderEntry([code, { severity, message, explanation }]: [string, AnyEntry]): string {
  return `### ${code}\n\n**${severity}**: \`${message(placeholders)}\`\n\n${explanation}`;
}

/** For each argument of a message its name as a word: `<name>`. Hints are left out: most messages have none. */
const placeholders: Readonly<Record<string, string>> = new Proxy(
  {},
  { get: (_, name) => (name === 'hint' ? '' : `<${String(name)}>`) },
);
