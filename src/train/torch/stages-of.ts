import type { StagePlan } from '../../6-emit/pytorch/stages/stage-plan.ts';
import type { Network } from '../../compile-spec.ts';
import { planPipeline } from '../../pipeline/plan.ts';
import { noPlanText } from '../../pipeline/plan-text.ts';
import type { RunConfig } from '../run/run-config.ts';
import { RunError } from '../run-error.ts';

/**
 * The stages of a run whose processes have one each: a batch is a micro-batch, and as many as are accumulated make a step.
 * @throws RunError for a network that cannot be cut into as many
 */
export function stagesOf(
  { graph }: Network,
  { settings, engine }: Pick<RunConfig, 'settings' | 'engine'>,
): StagePlan | undefined {
  if (engine?.parallel !== 'pipeline') return undefined;
  const stages = Number(engine.processes);
  const { batch, accumulate } = settings;
  const plan = planPipeline(graph, { stages, batch: batch * accumulate, microBatches: accumulate, schedule: '1f1b' });
  if ('problem' in plan) throw new RunError(noPlanText(plan, stages, undefined), { setting: 'nproc' });
  return plan;
}
