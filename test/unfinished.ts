import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Where the files are listed that a run did not finish through no fault of a test, one per line. */
const list = 'node_modules/.vitest/unfinished-tests.txt';

/**
 * Names the files whose process died, and the test that it died in, at the end of the output: Vitest says only that a worker
 * exited. `.ci/run` runs those files again, alone, if nothing else went wrong: a driver of a GPU may crash once, a fault of
 * ours crashes again.
 */
export default class Unfinished implements Reporter {
  onInit(): void {
    rmSync(list, { force: true });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const died = modules.filter((each) => ['pending', 'queued'].includes(each.state()));
    if (died.length === 0) return;
    for (const each of died) {
      const [running] = each.children.allTests('pending');
      console.error(`the process of ${pathOf(each)} died in '${running?.fullName ?? 'no test'}'`);
    }
    const alone = modules.every((each) => each.state() !== 'failed') && errors.length <= died.length;
    if (!alone) return;
    mkdirSync(dirname(list), { recursive: true });
    writeFileSync(list, died.map((each) => `${pathOf(each)}\n`).join(''));
  }
}

function pathOf(each: TestModule): string {
  return relative(process.cwd(), each.moduleId);
}
