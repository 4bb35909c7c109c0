import { networkJob, networks } from '../test/engines/networks.ts';
import { engineModules, runEngine } from '../test/engines/run-engine.ts';

/**
 * The difference of each engine from timm's logits, relative to the largest, for the default form: a Markdown table.
 * @param python finds a Python with some modules.
 * @param folder where the files are written.
 */
export function engineTable(python: (modules: readonly string[]) => string | undefined, folder: string): string {
  const jobs = networks.map((name) => networkJob(name));
  const rows = Object.entries(engineModules).flatMap(([engine, modules]) => {
    const found = python(modules);
    if (!found) return [];
    const results = runEngine(found, engine, jobs, folder);
    return [[engine, ...results.map(({ difference, error }) => difference?.toExponential(1) ?? `${error}`)]];
  });
  const head = ['engine', ...networks];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
