import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { drivesBrowser, oneNode } from './one-node.ts';

/** Where the files are listed that a run did not finish through no fault of a test, one per line. */
const list = 'node_modules/.vitest/unfinished-tests.txt';

/**
 * Names the files whose process died, and the test that it died in, at the end of the output: Vitest says only that a worker
 * exited. `.ci/run` runs those files again, alone, and files that drive a browser and failed, if nothing else went wrong: a
 * driver of a GPU may crash once, and a page may miss a click; a fault of ours shows again.
 */
export default class Unfinished implements Reporter {
  onInit(): void {
    rmSync(list, { force: true });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const died = modules.filter((each) => ['pending', 'queued'].includes(each.state()));
    const failed = modules.filter((each) => each.state() === 'failed');
    for (const each of died) {
      const [running] = each.children.allTests('pending');
      console.error(`the process of ${pathOf(each)} died in '${running?.fullName ?? 'no test'}'`);
    }
    const alone =
      failed.every((each) => oneNode[drivesBrowser]!.some((path) => pathOf(each).startsWith(`test/${path}`))) &&
      errors.length <= died.length;
    const again = [...died, ...failed];
    if (!alone || again.length === 0) return;
    mkdirSync(dirname(list), { recursive: true });
    writeFileSync(list, again.map((each) => `${pathOf(each)}\n`).join(''));
  }
}

function pathOf(each: TestModule): string {
  return relative(process.cwd(), each.moduleId);
}
