import type { CreateRunner, StepRunner } from '../../backends/runner.ts';
import { RunError } from '../run-error.ts';
import type { TrainedNetwork } from './task.ts';

/** A network at one size, on a backend, with its variables. */
export interface Session extends TrainedNetwork {
  readonly size: number | undefined;
  readonly runner: StepRunner;
}

/** Puts a network on a backend. Its runner may be closed twice. */
export async function openSession(
  network: TrainedNetwork,
  size: number | undefined,
  createRunner: CreateRunner,
  values: ReadonlyMap<string, Float32Array>,
): Promise<Session> {
  const runner = await createRunner(network.training.program);
  let open = true;
  const close = () => {
    if (open) runner.close();
    open = false;
  };
  try {
    await runner.write(values);
  } catch (e) {
    close();
    throw e;
  }
  return { ...network, size, runner: { ...runner, close } };
}

/** Goes on with a network at another size: the variables are carried over. Closes the session before. */
export async function resizeSession(
  session: Session,
  network: TrainedNetwork,
  size: number | undefined,
  createRunner: CreateRunner,
): Promise<Session> {
  const shapes = new Map(network.training.program.variables.map((v) => [v.name, v.shape.join()]));
  for (const { name, shape } of session.training.program.variables) {
    if (shapes.get(name) !== shape.join()) {
      throw new RunError(`--progressive: '${name}' has another shape for images of ${size} pixels`);
    }
  }
  const values = await session.runner.read();
  session.runner.close();
  return openSession(network, size, createRunner, values);
}
