import { shapeOf } from '../5-graph/graph.ts';
import { applyPasses } from '../6-emit/emit.ts';
import { pytorchTarget } from '../6-emit/pytorch/target.ts';
import { writeModel } from '../6-emit/pytorch/write-model.ts';
import { firstLine } from '../backends/first-line.ts';
import { findTorchPython, torchAdvice } from '../backends/pytorch/find-python.ts';
import { measureModule, type PartTime } from '../backends/pytorch/measure-module.ts';
import type { Network } from '../compile-spec.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import type { MeasuredTimes } from '../pipeline/measured-times.ts';
import { withTemporaryFolder } from './benchmark/temporary-folder.ts';
import type { Arguments } from './command.ts';
import { failure, type Io } from './io.ts';
import { createStatusLine } from './status-line.ts';

/** What `--measure` writes, and `--times` reads. */
export interface TimesFile extends MeasuredTimes {
  readonly device: string;
  readonly pytorch: string;
}

/**
 * Measures the parts of a network in PyTorch, on this machine.
 * @param images of a batch
 * @throws a failure where there is no PyTorch, or the network does not run in it
 */
export async function measureTimes({ graph }: Network, images: number, args: Arguments, io: Io): Promise<TimesFile> {
  const lowered = applyPasses(graph, pytorchTarget, {});
  const lacked = pytorchTarget.check(lowered, pytorchTarget.defaults).find((problem) => hasErrors([problem]));
  if (lacked) throw failure(`the times cannot be measured in PyTorch: ${lacked.message}`);
  const found = findTorchPython({ cwd: io.cwd, env: io.env });
  if (!found) throw failure(`--measure needs a Python with PyTorch: ${torchAdvice}`);
  const status = createStatusLine(args, io);
  const inputs = lowered.inputs.map((node) => [images, ...shapeOf(lowered, { node, output: 0 })]);
  try {
    const { parts, device } = await withTemporaryFolder((folder) =>
      measureModule(found.python, folder, writeModel(lowered), inputs, (done, of) =>
        status.progress(`measuring part ${done} of ${of}`),
      ),
    );
    return { images, device, pytorch: found.version, seconds: rounded(parts) };
  } catch (e) {
    throw failure(`PyTorch cannot run '${graph.name}' with ${images} images: ${firstLine(e)}`);
  } finally {
    status.clear();
  }
}

/** To a microsecond: no measurement has more. What is quicker than that counts as one. */
function rounded(parts: ReadonlyMap<string, PartTime>): TimesFile['seconds'] {
  const round = (seconds: number) => Math.max(1, Math.round(1e6 * seconds)) / 1e6;
  return Object.fromEntries(
    [...parts].map(([path, { forward, backward }]) => [path, { forward: round(forward), backward: round(backward) }]),
  );
}
