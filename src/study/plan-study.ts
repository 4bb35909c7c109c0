import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { copySpec, type SpecCopy } from '../2-resolve/spec-copy.ts';
import type { BackendRequest } from '../backends/backend.ts';
import { compileSpec } from '../compile-spec.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import { option, plainWords, words } from '../diagnostics/words.ts';
import { openSpecByName, type Spec } from '../node/open-spec.ts';
import type { SpaceBudgets } from '../search/costs.ts';
import { whyUnknown } from '../search/latency/latency-table.ts';
import { createCounter } from '../search/space/counter.ts';
import { givenChoices } from '../search/space/given-choices.ts';
import { settleChoices } from '../search/space/settle.ts';
import { planRun, SettingError } from '../train/api.ts';
import type { Report } from '../train/events.ts';
import type { NetworkRequest } from '../train/run/run-config.ts';
import { RunError } from '../train/run-error.ts';
import type { Settings } from '../train/settings.ts';
import { version } from '../version.ts';
import { openScaling } from './scale-proposer.ts';
import { createScorer } from './scorer.ts';
import { openSpace, type StudySpace } from './search-proposer.ts';
import { shortProxy } from './short-proxy.ts';
import type { AlgorithmName, Reward, ScaleSettings, StudyConfig, StudyCost } from './study-config.ts';
import { digestOf, type LatencyTableText, readTable } from './table-file.ts';

/** The options of every study. Paths are relative to `cwd`. */
export interface StudyOptions {
  readonly spec: string | Spec;
  readonly network?: NetworkRequest;
  readonly data: string;
  readonly classes?: number | undefined;
  readonly settings?: Partial<Settings>;
  /** Epochs of the proxy and of each longer training; 1 and 3 by default. */
  readonly rungs?: readonly number[];
  readonly keep?: number;
  readonly seed?: number;
  readonly trials?: number;
  readonly ahead?: number;
  readonly cost?: StudyCost;
  readonly budgets?: SpaceBudgets;
  readonly stopsEarly?: boolean;
  readonly patience?: number;
  readonly backend?: BackendRequest | undefined;
  /** Child processes that train at the same time; one by default. */
  readonly workers?: number | undefined;
  /** Cores of each; by default they share those of the machine. */
  readonly threads?: number | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface SearchOptions extends StudyOptions {
  readonly algorithm?: AlgorithmName;
  readonly population?: number;
  readonly sample?: number;
  readonly reward?: Reward;
  /** A file of latencies, as `enetc bench --table` writes it. */
  readonly table?: string;
}

/** A study that can be run; nothing of it is written yet. */
export interface StudyPlan {
  readonly config: StudyConfig;
  readonly copy: SpecCopy;
  readonly table?: LatencyTableText;
}

/**
 * The default training recipe: a proxy has no time to warm up or to average weights, and the images of the final test must not choose
 * networks.
 */
export const proxySettings: Partial<Settings> = { warmup: 0, ema: 0, validation: 0.1 };

/**
 * Reads the spec and the data of a new search, and checks that its starting point can be trained. Nothing is written.
 * @throws RunError and what `planRun` throws
 */
export async function planSearch(options: SearchOptions, report?: Report): Promise<StudyPlan> {
  const { algorithm, reward, trials = 50 } = options;
  const spec = specOf(options);
  const { set = {}, ...point } = options.network ?? {};
  const { choices: given, others } = givenChoices(spec, point, set);
  const request: NetworkRequest = { ...point, ...(Object.keys(others).length > 0 && { set: others }) };
  const asked = openSpace(spec, { network: request, search: { ...noSearch, given } });
  const { text, diagnostics } = settleChoices(
    spec.source,
    spec.host,
    asked.space,
    asked.space.decisions.map(() => 0),
    request,
  );
  if (text === undefined) throw new RunError('the spec cannot be searched', { diagnostics });
  const shared = await planShared(options, { ...spec, source: { ...spec.source, text } }, request, spec, report);
  const population = options.population ?? Math.max(4, Math.min(100, Math.ceil(trials / 4)));
  const file = openTable(options, asked, shared.config.network);
  const table = file && { digest: digestOf(file), engine: file.table.engine };
  const cost = options.cost ?? (table ? 'latency' : 'macs');
  const judged = {
    network: shared.config.network,
    cost,
    ...(table && { table }),
    search: { ...noSearch, given, ...(reward && { reward }) },
  };
  const scorer = createScorer(asked.model, judged);
  const search = {
    algorithm: algorithm ?? (scorer.text === undefined ? ('nsga2' as const) : ('evolution' as const)),
    population,
    sample: options.sample ?? Math.max(2, Math.ceil(population / 4)),
    given,
    ...(reward && { reward }),
  };
  if (search.sample > population) {
    throw new SettingError('sample-size', words`${option('sample-size')} is at most ${option('population')}`);
  }
  if (search.algorithm === 'additive' && shared.config.budgets[cost] === undefined) {
    throw new SettingError(
      'algorithm',
      words`${option('algorithm', 'additive')} needs a budget of its cost: ${option(cost)}`,
    );
  }
  return {
    copy: shared.copy,
    config: { ...shared.config, cost, trials, ...(table && { table }), search },
    ...(file && { table: file }),
  };
}

/** The given table, if it covers the starting point. */
function openTable(
  { table: shown, cost, budgets = {}, cwd = process.cwd() }: SearchOptions,
  { model, space }: StudySpace,
  network: NetworkRequest,
): LatencyTableText | undefined {
  if (shown === undefined) {
    if (cost !== 'latency' && budgets.latency === undefined) return undefined;
    const what = cost === 'latency' ? option('cost', 'latency') : option('latency');
    throw new SettingError('table', words`${what} needs ${option('table')}: a table of the latencies of blocks`);
  }
  const file = readTable(resolve(cwd, shown), shown);
  const counted = createCounter(model, network, space).count(space.decisions.map(() => 0));
  if ('failed' in counted) throw new RunError('the spec cannot be searched', { diagnostics: [counted.failed] });
  const why = whyUnknown(file.table, counted.pieces);
  if (why === undefined) return file;
  throw new RunError(
    words`'${shown}' ${why}. A table is of the space at the point that is searched, the number of classes included`,
    { setting: 'table' },
  );
}

const noSearch = { algorithm: 'random', population: 0, sample: 0, given: {} } as const;

export interface ScaleOptions extends StudyOptions {
  readonly scale?: Partial<ScaleSettings>;
}

/** The paper's budget of 2 with a tolerance that keeps its own answer, 1.2 * 1.1^2 * 1.15^2 = 1.92; grid of 0.05. */
export const scaleDefaults: ScaleSettings = { budget: 2, tolerance: 0.05, by: 'product', step: 0.05, compare: [] };

/**
 * Reads the spec and the data of a new study of scaling coefficients, and checks that its base network can be trained.
 * @throws RunError and what `planRun` throws
 */
export async function planScale(options: ScaleOptions, report?: Report): Promise<StudyPlan> {
  const spec = specOf(options);
  const scale = { ...scaleDefaults, ...options.scale };
  const { copy, config } = await planShared(options, spec, options.network ?? {}, spec, report);
  const planned: StudyConfig = { ...config, trials: options.trials ?? Number.MAX_SAFE_INTEGER, scale };
  // a spec that cannot be scaled is reported before a folder is made
  const { candidates } = openScaling(spec, planned);
  if (candidates.length === 0) {
    throw new RunError(
      words`no point of the grid has ${scale.budget} times the base network within ${scale.tolerance * 100} %: ${option('tolerance')} allows more, ${option('step')} has finer points`,
      { setting: 'tolerance' },
    );
  }
  return { copy, config: planned };
}

export function specOf({ spec, cwd = process.cwd() }: StudyOptions): Spec {
  return typeof spec === 'string' ? openSpecByName(spec, cwd) : spec;
}

/** What all studies have in common, from one of their networks, planned as a training run. */
export async function planShared(
  options: StudyOptions,
  start: Spec,
  network: NetworkRequest,
  spec: Spec,
  report: Report | undefined,
): Promise<StudyPlan> {
  const { backend = 'auto', workers = 1, classes, cwd = process.cwd(), env = process.env } = options;
  const rungs = options.rungs ?? [1, 3];
  if (rungs.length === 0 || rungs.some((n, i) => !(Number.isInteger(n) && n > (rungs[i - 1] ?? 0)))) {
    throw new SettingError(
      'rungs',
      words`${option('rungs')} takes growing numbers of epochs: ${option('rungs', '1,3,9')}`,
    );
  }
  const settings = { ...proxySettings, ...options.settings, seed: options.seed ?? 0 };
  const quiet: Report = (event) => {
    // warnings about the data or the recipe are given once; one about the first network says little about the others
    if (event.kind === 'warning') report?.(event);
  };
  const plan = await planRun(
    {
      spec: start,
      network,
      data: options.data,
      classes,
      settings: { ...settings, epochs: rungs[0] as number },
      backend,
      workers: 1,
      cwd,
      env,
    },
    { onEvent: quiet },
  );
  const { config } = plan;
  await plan.close();
  if (config.images.validation === 0) {
    throw new RunError(words`there are no images to compare networks on: ${option('validation')} holds some out`, {
      setting: 'validation',
    });
  }
  const { graph } = compileSpec(start, config.network);
  const steps = (rungs[0] as number) * Math.ceil(config.images.train / config.settings.batch);
  const short = graph && shortProxy(graph, steps);
  if (short) report?.({ kind: 'warning', message: plainWords(short), words: short });
  const { program, diagnostics } = compileSpec(spec, config.network);
  const errors = diagnostics.filter(({ code }) => code !== 'open-choice');
  if (hasErrors(errors)) throw new RunError('the spec does not compile', { diagnostics: errors });
  const copy = copySpec(program);
  return {
    copy,
    config: {
      format: 1,
      version,
      spec: copy.entry,
      name: spec.label ?? 'study',
      network: config.network,
      data: resolve(cwd, options.data),
      images: config.images,
      backend,
      threads: options.threads ?? Math.max(1, Math.floor(availableParallelism() / workers)),
      settings,
      rungs,
      keep: options.keep ?? 3,
      seed: options.seed ?? 0,
      trials: options.trials ?? 50,
      ahead: options.ahead ?? 8,
      cost: options.cost ?? 'macs',
      budgets: options.budgets ?? {},
      stopsEarly: options.stopsEarly ?? false,
      ...(options.patience !== undefined && { patience: options.patience }),
    },
  };
}
