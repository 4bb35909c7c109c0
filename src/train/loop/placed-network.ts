import type { CreateRunner, StepRunner, VariableValues } from '../../backends/runner.ts';
import { option, words } from '../../diagnostics/words.ts';
import { RunError } from '../run-error.ts';
import type { NetworkStage, TrainedNetwork } from './task.ts';

/** A network in one stage, on a backend, with its variables. */
export interface PlacedNetwork extends TrainedNetwork {
  readonly stage: NetworkStage;
  readonly runner: StepRunner;
}

/** Puts a network on a backend. Its runner may be closed twice. */
export async function placeNetwork(
  network: TrainedNetwork,
  stage: NetworkStage,
  createRunner: CreateRunner,
  values: VariableValues,
): Promise<PlacedNetwork> {
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
  return { ...network, stage, runner: { ...runner, close } };
}

/** Continues with a network in another stage: the variables are carried over. Closes the one before. */
export async function replaceNetwork(
  placed: PlacedNetwork,
  network: TrainedNetwork,
  stage: NetworkStage,
  createRunner: CreateRunner,
): Promise<PlacedNetwork> {
  const shapes = new Map(network.training.program.variables.map((v) => [v.name, v.shape.join()]));
  for (const { name, shape } of placed.training.program.variables) {
    if (shapes.get(name) !== shape.join()) {
      throw new RunError(
        words`${option('progressive')}: '${name}' has a different shape for images of ${stage.size ?? 0} pixels`,
        { setting: 'progressive' },
      );
    }
  }
  const values = await placed.runner.read();
  placed.runner.close();
  return placeNetwork(network, stage, createRunner, values);
}
