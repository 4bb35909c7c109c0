import type { DeclaredModel } from '../../2-resolve/program.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { buildGraph } from '../../5-graph/build.ts';
import { type FittedPoint, fitFamily } from '../fit/fit.ts';
import type { LineName } from '../fit/line-names.ts';
import type { Rates } from '../fit/lines.ts';
import { networkHash } from '../network-hash.ts';
import type { ScaledNetwork } from './candidates.ts';

/** A way of scaling, and the network at which it comes closest to a budget. */
export interface ComparedNetwork extends ScaledNetwork {
  readonly line: string;
  /** The target, as a multiple of the base network's multiply-accumulates. */
  readonly multiple: number;
}

/**
 * Ways of scaling at equal computation: for each the network whose multiply-accumulates come closest to a multiple of the base's, over the
 * real rounding of repeats, filters and pixels. Depth, width and resolution alone, the paper's compound coefficients, those that were
 * found, and published rules: fast compound scaling (Dollár et al., CVPR 2021) above 1, TinyNet's (Han et al., NeurIPS 2020) below.
 */
export function comparedLines(
  model: DeclaredModel,
  request: ScalingRequest,
  base: ScaledNetwork,
  multiple: number,
  found: Rates,
): ComparedNetwork[] {
  const ways: readonly (readonly [line: string, along: LineName, rates?: Rates])[] = [
    ['depth', 'd'],
    ['width', 'w'],
    ['resolution', 'r'],
    ['compound 1.2 1.1 1.15', 'compound'],
    ['compound as found', 'compound', found],
    multiple > 1 ? ['fast', 'fast'] : ['tinynet', 'tinynet'],
  ];
  const target = multiple * base.costs.macs;
  return ways.flatMap(([line, along, rates]): ComparedNetwork[] => {
    const { fit } = fitFamily(model, { macs: target }, { request, along, ...(rates && { rates }) });
    if (!fit) return [];
    const off = ({ costs }: FittedPoint) => Math.abs(Math.log(costs.macs / target));
    const nearest = fit.next && off(fit.next) < off(fit.best) ? fit.next : fit.best;
    const { graph } = buildGraph(model, nearest.request, undefined, true);
    if (!graph) return [];
    const { d, w, r, costs } = nearest;
    return [{ line, multiple, factors: { d, w, r }, request: nearest.request, costs, network: networkHash(graph) }];
  });
}
