import type { Analysis } from '../../src/ide/core/analysis.ts';
import { createIde } from '../../src/ide/core/create-ide.ts';
import { documentDiagnostics } from '../../src/ide/features/diagnostics.ts';
import { mainPath, memoryHost } from './fixture.ts';

/** What keystrokes cost, in milliseconds of the process's time, one entry a keystroke. */
export interface Keystrokes {
  /** Up to the diagnostics of what is read and checked. */
  readonly checked: number[];
  /** Up to those with one point of a model built. */
  readonly first: number[];
  /** Up to all diagnostics: all variants of all models built. */
  readonly all: number[];
}

/** Opens a text and types a word, letter by letter, before each of some places of it, and takes it away again. */
export function typeInto(text: string, places: readonly number[], word: string): Keystrokes {
  const ide = createIde(memoryHost(new Map()));
  const costs: Keystrokes = { checked: [], first: [], all: [] };
  const enter = (edited: string) => {
    const start = process.cpuUsage();
    ide.change(mainPath, edited);
    const analysis = ide.analysis(mainPath) as Analysis;
    documentDiagnostics(analysis, analysis.diagnosticsSoFar());
    costs.checked.push(since(start));
    analysis.buildNext();
    documentDiagnostics(analysis, analysis.diagnosticsSoFar());
    costs.first.push(since(start));
    documentDiagnostics(analysis);
    costs.all.push(since(start));
  };
  enter(text);
  for (const values of [costs.checked, costs.first, costs.all]) values.length = 0;
  for (const place of places) {
    const [before, after] = [text.slice(0, place), text.slice(place)];
    for (let i = 1; i <= word.length; i++) enter(before + word.slice(0, i) + after);
    enter(text);
  }
  return costs;
}

function since(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], hundredth: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * hundredth) / 100))] ?? Number.NaN;
}

/** Some places of a text at which a pattern stands, from all over it. */
export function placesOf(text: string, pattern: RegExp, count: number): number[] {
  const all = [...text.matchAll(pattern)].map((m) => m.index);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.floor((i * all.length) / count)] as number,
  );
}
