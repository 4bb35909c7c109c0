/** A mutant that no test noticed. */
export interface Survivor {
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The line before the change. */
  readonly text: string;
}

export interface FileResult {
  readonly seam: string;
  readonly file: string;
  readonly tried: number;
  readonly survivors: readonly Survivor[];
}

/** The results as a Markdown page. */
export function renderReport(results: readonly FileResult[], draw: { perFile: number; seed: number }): string {
  const tried = sum(results.map((result) => result.tried));
  const survived = sum(results.map((result) => result.survivors.length));
  const lines = [
    '# Mutation score of the seams',
    '',
    'Written by `npm run mutate -- --write`. A mutant is one small change to a source file: an operator, a number, a boolean, the',
    'branches of a condition, the order of two calls, a call left out. It is killed if a test fails or hangs. The files are those where',
    'parts of the system meet, each with the tests that must notice. Stryker is not used: many of these tests start processes,',
    'which its in-process mutants do not reach.',
    '',
    `${tried - survived} of ${tried} mutants are killed: **${percent(tried - survived, tried)}** (${draw.perFile === 0 ? 'all mutants' : `at most ${draw.perFile} per file`}, seed ${draw.seed}).`,
    '',
    '| seam | file | killed |',
    '| --- | --- | --- |',
    ...results.map(
      ({ seam, file, tried: all, survivors }) => `| ${seam} | \`${file}\` | ${all - survivors.length} of ${all} |`,
    ),
    '',
    '## Survivors',
    '',
  ];
  if (survived === 0) lines.push('None.');
  for (const { file, survivors } of results) {
    for (const { line, before, after, text } of survivors) {
      lines.push(`- \`${file}:${line}\` ${code(before)} -> ${code(after)} in ${code(text.trim())}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function code(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.trim() === '' || line === ';' ? 'nothing' : `\`\` ${line} \`\``;
}

function percent(part: number, all: number): string {
  return all === 0 ? 'none tried' : `${((100 * part) / all).toFixed(1)} %`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
