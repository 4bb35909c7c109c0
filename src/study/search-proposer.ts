import type { DeclaredModel } from '../2-resolve/program.ts';
import { buildGraph } from '../5-graph/build.ts';
import { compileSpec } from '../compile-spec.ts';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import type { Spec } from '../node/open-spec.ts';
import { createAdditiveSearch } from '../search/algorithms/additive.ts';
import { createController } from '../search/algorithms/controller.ts';
import { createEvolution } from '../search/algorithms/evolution.ts';
import { createNsga2 } from '../search/algorithms/nsga2.ts';
import { createRandomSearch } from '../search/algorithms/random.ts';
import type { Searcher } from '../search/algorithms/searcher.ts';
import { partsOfSpace, type SpaceParts } from '../search/algorithms/space-parts.ts';
import { isWithinBudgets, type SpaceCosts } from '../search/costs.ts';
import { latencyParts } from '../search/latency/latency-parts.ts';
import { costsByTable, type LatencyTable } from '../search/latency/latency-table.ts';
import { networkHash } from '../search/network-hash.ts';
import { type Counter, createCounter } from '../search/space/counter.ts';
import { type DiscoveredSpace, discoverSpace } from '../search/space/discover.ts';
import { restrictSpace, settleChoices } from '../search/space/settle.ts';
import { type Encoding, settingsOf, spaceSize } from '../search/space/space.ts';
import { RunError } from '../train/run-error.ts';
import { type CostTable, costTable } from './cost-table.ts';
import type { Proposer } from './explore.ts';
import type { Scorer } from './scorer.ts';
import { costOf, type SearchSettings, type StudyConfig } from './study-config.ts';
import { hasNetwork, type StudyFolder, writeNetwork } from './study-folder.ts';
import type { Subject } from './trainer.ts';
import type { TrialRecord } from './trial-log.ts';

/** A space of networks as a study searches it. */
export interface StudySpace {
  readonly model: DeclaredModel;
  readonly space: DiscoveredSpace;
  readonly parts: SpaceParts;
}

/** Opens the space of a spec. @throws RunError for a spec that has none */
export function openSpace(spec: Spec, { network, search }: Pick<StudyConfig, 'network' | 'search'>): StudySpace {
  const { model, diagnostics } = compileSpec(spec, network);
  const errors = diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'open-choice');
  if (!model || errors.length > 0) throw refused(errors);
  const discovered = discoverSpace(model, network);
  if (!discovered.space) throw refused(discovered.diagnostics);
  const restricted = restrictSpace(discovered.space, search?.given ?? {});
  if (hasErrors(restricted.diagnostics)) throw refused(restricted.diagnostics);
  const { space } = restricted;
  return { model, space, parts: partsOfSpace(space) };
}

function refused(diagnostics: readonly Diagnostic[]): RunError {
  return new RunError('the spec cannot be searched', { diagnostics });
}

/** The search ends after this many candidates in a row that are too large or do not build. */
const mostRefused = 5000;

export interface SearchProposer extends Proposer {
  /** The spec with the first option of each choice. */
  readonly start: Subject;
}

/**
 * Proposes the networks of a space by a search algorithm. The spec of each is written into the study's folder. @param
 * table latencies, if the study has them: networks missing from it are not proposed
 */
export function createSearchProposer(
  folder: StudyFolder,
  config: StudyConfig,
  spec: Spec,
  { model, space, parts }: StudySpace,
  scorer: Scorer,
  table: LatencyTable | undefined,
): SearchProposer {
  const { network: request, budgets, cost } = config;
  const counter = createCounter(model, request, space);
  /** By the counter's identity of the network; undefined for those that are not trained. */
  const counted = new Map<string, Subject | undefined>();
  const byHash = new Map<string, Subject>();
  const subjectOf = (encoding: Encoding, isStart = false): Subject | undefined => {
    const found = counter.count(encoding);
    if ('failed' in found) {
      if (isStart) throw refused([found.failed]);
      return undefined;
    }
    if (counted.has(found.network)) return counted.get(found.network);
    const costs = costsByTable(found, table);
    const isKnown = !table || costs.latency !== undefined;
    const taken = isStart || (isKnown && isWithinBudgets(costs, budgets));
    const subject = taken ? settle(encoding, costs, isStart) : undefined;
    counted.set(found.network, subject);
    return subject;
  };
  const settle = (encoding: Encoding, costs: SpaceCosts, isStart: boolean): Subject | undefined => {
    const point = settingsOf(space, encoding);
    const { graph } = buildGraph(model, { ...request, set: { ...request.set, ...point } }, undefined, true);
    if (!graph) return undefined;
    const network = networkHash(graph);
    const known = byHash.get(network);
    if (known) return known;
    if (!hasNetwork(folder, config, network)) {
      const { text, diagnostics } = settleChoices(spec.source, spec.host, space, encoding, request);
      if (text === undefined) {
        // two uses of one table with different choices cannot be written; any other candidate that builds can
        if (isStart) throw refused(diagnostics);
        return undefined;
      }
      writeNetwork(folder, config, network, text);
    }
    const subject = { trial: byHash.size, network, costs, point, request };
    byHash.set(network, subject);
    return subject;
  };
  const start = subjectOf(
    space.decisions.map(() => 0),
    true,
  ) as Subject;
  const isStartWithin = isWithinBudgets(start.costs, budgets);
  const { algorithm } = config.search as SearchSettings;
  const searcher = createSearcher(config, parts, counter, table);
  return {
    start,
    networks: spaceSize(space).networks,
    ...(algorithm === 'controller' && { batch: 20 }),
    propose() {
      for (let refusals = 0; refusals < mostRefused; refusals++) {
        const selection = searcher.propose();
        const subject = subjectOf(parts.encodingOf(selection));
        if (!subject || (subject === start && !isStartWithin)) continue;
        return { subject, learn: (record) => searcher.learn(selection, scoresOf(record)) };
      }
      return undefined;
    },
  };

  function scoresOf(record: TrialRecord): number[] {
    return algorithm === 'nsga2' ? [record.accuracy, -costOf(record, cost)] : [scorer.value(record)];
  }
}

function createSearcher(
  config: StudyConfig,
  parts: SpaceParts,
  counter: Counter,
  table: LatencyTable | undefined,
): Searcher {
  const { seed, cost, budgets } = config;
  const { algorithm, population, sample } = config.search as SearchSettings;
  switch (algorithm) {
    case 'random':
      return createRandomSearch(parts, seed);
    case 'evolution':
      return createEvolution(parts, seed, { population, sample });
    case 'nsga2':
      return createNsga2(parts, seed, { population });
    case 'controller':
      return createController(parts, seed);
    case 'additive': {
      // a plan without this budget is refused
      const budget = budgets[cost] ?? Number.POSITIVE_INFINITY;
      const { costs, base } = additiveCosts();
      return createAdditiveSearch(costs, budget - base, seed);
    }
  }
  function additiveCosts(): CostTable {
    if (cost !== 'latency') return costTable(parts, counter, cost, seed);
    try {
      return latencyParts(table as LatencyTable, parts, counter, seed);
    } catch (e) {
      if (e instanceof RangeError) throw new RunError(`${e.message}: ${algorithm} cannot propose by it`);
      throw e;
    }
  }
}
