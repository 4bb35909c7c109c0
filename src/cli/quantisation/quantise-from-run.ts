import { prepareNetwork } from '../../6-emit/emit.ts';
import type { Network } from '../../compile-spec.ts';
import { listNames } from '../../diagnostics/diagnostic.ts';
import { quantiseTrained } from '../../quantise/quantise-trained.ts';
import { trainedText } from '../../quantise/report.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';
import type { TrainedRanges } from '../../weights/range-facts.ts';
import type { ChosenTarget } from '../choose-target.ts';
import { failure } from '../io.ts';
import type { QuantisedNetwork } from './quantise-prepared.ts';

/** A network for `compile --int8` with the ranges that its training has found. Undefined where its weights are not to be had. */
export function quantiseFromRun(
  network: Network,
  target: ChosenTarget,
  request: WeightsRequest,
  ranges: TrainedRanges,
): QuantisedNetwork | undefined {
  // training rounds each weight by itself: branches stay apart
  const prepared = prepareNetwork(network, target.entry, { ...target.passes, ...request, merge: false });
  const { graph, weights } = prepared;
  if (!weights) return undefined;
  const { integers } = target.entry;
  if (!integers) throw new Error(`${target.entry.name} does not compute on integers`);
  const found = quantiseTrained(graph, weights, ranges, integers);
  if ('missing' in found) {
    const names = listNames(found.missing, 3);
    throw failure(`the weights have no range for ${names}: they are not for this network; --calibrate finds ranges`);
  }
  const report = { layers: found.layers, trained: true } as const;
  return { prepared: { ...prepared, graph: found.graph }, facts: [['enet.quantisation', trainedText(report)]], report };
}
