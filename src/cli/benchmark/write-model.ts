import { emit } from '../../6-emit/emit.ts';
import type { ModelForm } from '../../bench/engines.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { stagesOf } from '../../report/stages.ts';
import { failure, type Io } from '../io.ts';
import { outputOfForm, targetOf } from './form-output.ts';
import type { ModelFile } from './open-model.ts';

/**
 * Writes a network, with initialised weights, as a file for an engine.
 * @param folder a temporary one. @param label how the file is called there. @param name how messages call the network.
 */
export async function writeModel(
  network: Network,
  form: ModelForm,
  folder: string,
  label: string,
  name: string,
  { cwd }: Io,
): Promise<ModelFile> {
  const { files, main } = outputOfForm(form, folder, label, name, cwd);
  try {
    const { diagnostics } = emit(network, await targetOf(form).load(), {}, files.open, { seed: 0 });
    if (hasErrors(diagnostics)) throw failure(`${name} cannot be written: ${diagnostics[0]?.message}`);
    files.commit();
  } finally {
    files.discard();
  }
  return { name, shown: name, path: main, stages: stagesOf(network.graph).map(({ id }) => ({ id, macs: 0 })) };
}
