import { algorithmNames, countedCosts, rewardNames } from '../study/study-config.ts';
import type { Setting } from '../train/settings.ts';
import { settingTable } from '../train/settings.ts';
import { between, file, type Option, oneOf, option, positive } from './option.ts';
import { json, quiet } from './options.ts';
import { backendOption, dataOption, settingOption } from './train-options.ts';

/** Settings that need weights, or that a study decides itself. */
const notForStudies: ReadonlySet<string> = new Set([
  'epochs',
  'seed',
  'freeze',
  'head',
  'head-rate',
  'save-every',
  'log-every',
]);

/** What can hold a queue. */
const queueServers = 'redis://HOST:PORT or postgres://HOST:PORT/DATABASE';

const queueOption = option('queue URL', `${queueServers}: where studies queue trainings`);

/** Of `enetc worker`. */
export const workerOptions: readonly Option[] = [
  queueOption,
  option('concurrency N', 'how many trainings run at the same time; 1 by default', positive(1024)),
  {
    ...dataOption,
    description: "where this machine has the study's images; by default the study's own path",
  },
  option(
    'runs DIR',
    "keep trainings here, in one folder per study; by default the study's own folder, which must then have the same path on this machine",
    file,
  ),
  json,
  quiet,
];

/** What may be given with `--resume`: nothing that changes what the study finds. */
export const resumedStudyOptions: readonly Option[] = [
  option('resume STUDY', 'continue the study in a folder', file),
  option('workers N', 'child processes that train in parallel; 1 by default', positive(1024)),
  { ...queueOption, description: `let workers on any machine train ('enetc worker'), over ${queueServers}` },
  option('page', 'serve a page on loopback that shows progress, and print its address'),
];

/** How long networks are trained to compare them, and what is compared. */
export const comparisonOptions: readonly Option[] = [
  dataOption,
  option('out DIR', "the study's folder; studies/SPEC-N by default", file),
  ...resumedStudyOptions,
  option(
    'trials N',
    'how many networks to train, in addition to the starting point; 50 by default',
    positive(10_000_000),
  ),
  option(
    'rungs EPOCHS,...',
    'epochs of the first training and of each longer one, for the best networks; 1,3 by default',
  ),
  option('keep N', 'one network in N advances to the next rung; 3 by default', between(1, 1e6)),
  option('early-stop', 'end a training whose accuracy is below the median of earlier ones at the same epoch'),
  option('cost NAME', 'what accuracy is weighed against; macs by default', oneOf(countedCosts)),
  option(
    'threads N',
    "cores per training; by default the machine's divided by the number of workers. Part of the study, since it changes how sums are split",
    positive(1024),
  ),
  option('classes N', "set the spec's parameter 'classes'; by default the number in the data", positive(2 ** 20)),
];

/** What is said of settings whose default is another here: see `proxySettings`. */
const ownDefaults: Readonly<Record<string, Pick<Option, 'description'>>> = {
  warmup: { description: 'epochs over which the rate rises from 0; 0 by default' },
  ema: { description: 'decay of the weight averages; 0 (none) by default' },
  validation: {
    description: 'share of the training images to hold out if the data have no validation split; 0.1 by default',
  },
};

/** How training differs from the recipe of `enetc train`. */
export const proxyOptions: readonly Option[] = [
  backendOption,
  ...Object.entries(settingTable as Readonly<Record<string, Setting>>)
    .filter(([name]) => !notForStudies.has(name))
    .map(([name, setting]) => ({ ...settingOption(name, setting), ...ownDefaults[name] })),
];

/** How a space is searched. */
export const algorithmOptions: readonly Option[] = [
  option(
    'algorithm NAME',
    'how the next network is chosen; evolution by default, nsga2 if only accuracy and cost are weighed',
    oneOf(algorithmNames),
  ),
  option(
    'population N',
    'evolution, nsga2: size of the population; a quarter of the trials by default, at most 100',
    positive(1e6, 2),
  ),
  option(
    'sample-size N',
    'evolution: the best of this many is mutated; a quarter of the population by default',
    positive(1e6),
  ),
  option(
    'reward NAME',
    "what to maximise instead of the spec's 'maximize': MnasNet's soft or hard reward, or TuNAS's abs",
    oneOf(rewardNames),
  ),
  option('target N', 'the cost that the reward aims at: 10M, or 20ms of latency'),
  option('beta N', 'abs: the penalty for missing the target; -0.07 by default', { kind: 'number', most: 0 }),
  option('patience N', 'stop after N networks without an improvement', positive(1e9)),
  option(
    'ahead N',
    'proposals made before the results of the first are used, which limits how many workers can be busy; 8 by default',
    positive(1024),
  ),
];
