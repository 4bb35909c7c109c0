import type { StagePlan } from '../../6-emit/pytorch/stages/stage-plan.ts';
import type { Network } from '../../compile-spec.ts';
import { option, words } from '../../diagnostics/words.ts';
import { planPipeline } from '../../pipeline/plan.ts';
import { noPlanText } from '../../pipeline/plan-text.ts';
import { checkpointOf } from '../loop/training-options.ts';
import type { RunConfig } from '../run/run-config.ts';
import { RunError } from '../run-error.ts';
import type { ResolvedSettings } from '../settings.ts';

/**
 * The stages of a run whose processes have one each: a batch is a micro-batch, and as many as are accumulated make a step.
 * With a limit of memory, which is that of each process, stages that would exceed it recompute.
 * @throws RunError for a network that cannot be cut into as many
 */
export function stagesOf(
  { graph }: Network,
  { settings, engine }: Pick<RunConfig, 'settings' | 'engine'>,
): StagePlan | undefined {
  if (engine?.parallel !== 'pipeline') return undefined;
  const stages = Number(engine.processes);
  const { batch, accumulate } = settings;
  const schedule = engine['pipeline-schedule'] === 'gpipe' ? 'gpipe' : '1f1b';
  const kept = checkpointOf(settings);
  const memory = typeof kept === 'object' ? kept.bytes : undefined;
  const plan = planPipeline(graph, {
    ...{ stages, batch: batch * accumulate, microBatches: accumulate, schedule },
    parameterBytes: parameterBytes(settings),
    ...(memory === undefined ? { recompute: kept === 'stages' ? 'all' : 'none' } : { memory }),
  });
  if ('problem' in plan) {
    const advice = words`take more stages (${option('nproc')}), smaller micro-batches (${option('batch')}), or ${option('optimiser', 'sgd')}, which keeps less`;
    throw new RunError(noPlanText(plan, stages, memory, advice), {
      setting: memory === undefined ? 'nproc' : 'checkpoint',
    });
  }
  return plan;
}

/** Of a parameter: its weight and gradient, what the optimiser keeps of it, and its average. */
function parameterBytes({ optimiser, ema }: ResolvedSettings): number {
  return 4 * (2 + (optimiser === 'sgd' ? 1 : 2) + (ema > 0 ? 1 : 0));
}
