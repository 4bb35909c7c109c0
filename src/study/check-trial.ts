import { BackendUnavailable } from '../backends/backend.ts';
import { openBackend } from '../backends/open.ts';
import { nounFor } from '../diagnostics/noun-for.ts';
import { planRun, RunError } from '../train/api.ts';
import { DataError } from '../train/data/types.ts';
import type { RunConfig } from '../train/run/run-config.ts';
import { openNetwork } from './train-trial.ts';
import type { TrialJob } from './trial-job.ts';

/**
 * Why trainings like this one cannot be done on this machine: different images, or a backend that does not work. @param images the ones that the study was planned with
 * @returns undefined if they can
 */
export async function checkTrial(job: TrialJob, images: RunConfig['images']): Promise<string | undefined> {
  const { data, network, settings, epochs, backend } = job;
  try {
    const plan = await planRun({
      backend,
      data,
      workers: 1,
      spec: openNetwork(job),
      network,
      settings: { ...settings, epochs },
    });
    await plan.close();
    const problem = difference(plan.config.images, images);
    if (problem !== undefined) return `the images in '${data}' are not those of the study: ${problem}`;
    (await openBackend(backend)).close();
    return undefined;
  } catch (e) {
    if (e instanceof BackendUnavailable) return `the backend ${e.backend} does not work here: ${e.message}`;
    if (e instanceof RunError || e instanceof DataError || (e as Error).name === 'FileError')
      return (e as Error).message;
    throw e;
  }
}

function difference(found: RunConfig['images'], wanted: RunConfig['images']): string | undefined {
  if (found.train !== wanted.train || found.validation !== wanted.validation) {
    const counts = `${found.train} ${nounFor(found.train, 'image')} for training and ${found.validation} for validation`;
    return `${counts} instead of ${wanted.train} and ${wanted.validation}`;
  }
  return found.digest === wanted.digest ? undefined : 'their names or labels differ';
}
