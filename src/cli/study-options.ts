import { algorithmNames, countedCosts, rewardNames } from '../study/study-config.ts';
import type { Setting } from '../train/settings.ts';
import { settingTable } from '../train/settings.ts';
import type { Option } from './option.ts';
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

const queueOption = { name: 'queue', value: 'URL', description: `${queueServers}: where studies queue trainings` };

/** Of `enetc worker`. */
export const workerOptions: readonly Option[] = [
  queueOption,
  {
    name: 'concurrency',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'how many trainings run at the same time; 1 by default',
  },
  {
    ...dataOption,
    description: "where this machine has the study's images; by default the study's own path",
  },
  {
    name: 'runs',
    value: 'DIR',
    description:
      "keep trainings here, in one folder per study; by default the study's own folder, which must then have the same path on this machine",
    completes: 'file',
  },
  json,
  quiet,
];

/** What may be given with `--resume`: nothing that changes what the study finds. */
export const resumedStudyOptions: readonly Option[] = [
  { name: 'resume', value: 'STUDY', description: 'continue the study in a folder', completes: 'file' },
  {
    name: 'workers',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'child processes that train in parallel; 1 by default',
  },
  { ...queueOption, description: `let workers on any machine train ('enetc worker'), over ${queueServers}` },
  { name: 'page', description: 'serve a page on loopback that shows progress, and print its address' },
];

/** How long networks are trained to compare them, and what is compared. */
export const comparisonOptions: readonly Option[] = [
  dataOption,
  { name: 'out', value: 'DIR', description: "the study's folder; studies/SPEC-N by default", completes: 'file' },
  ...resumedStudyOptions,
  {
    name: 'trials',
    value: 'N',
    kind: 'positive',
    most: 10_000_000,
    description: 'how many networks to train, in addition to the starting point; 50 by default',
  },
  {
    name: 'rungs',
    value: 'EPOCHS,...',
    description: 'epochs of the first training and of each longer one, for the best networks; 1,3 by default',
  },
  {
    name: 'keep',
    value: 'N',
    kind: 'number',
    least: 1,
    most: 1e6,
    description: 'one network in N advances to the next rung; 3 by default',
  },
  {
    name: 'early-stop',
    description: 'end a training whose accuracy is below the median of earlier ones at the same epoch',
  },
  {
    name: 'cost',
    value: 'NAME',
    choices: countedCosts,
    description: 'what accuracy is weighed against; macs by default',
  },
  {
    name: 'threads',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description:
      "cores per training; by default the machine's divided by the number of workers. Part of the study, since it changes how sums are split",
  },
  {
    name: 'classes',
    value: 'N',
    kind: 'positive',
    most: 2 ** 20,
    description: "set the spec's parameter 'classes'; by default the number in the data",
  },
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
  {
    name: 'algorithm',
    value: 'NAME',
    choices: algorithmNames,
    description: 'how the next network is chosen; evolution by default, nsga2 if only accuracy and cost are weighed',
  },
  {
    name: 'population',
    value: 'N',
    kind: 'positive',
    least: 2,
    most: 1e6,
    description: 'evolution, nsga2: size of the population; a quarter of the trials by default, at most 100',
  },
  {
    name: 'sample-size',
    value: 'N',
    kind: 'positive',
    most: 1e6,
    description: 'evolution: the best of this many is mutated; a quarter of the population by default',
  },
  {
    name: 'reward',
    value: 'NAME',
    choices: rewardNames,
    description: "what to maximise instead of the spec's 'maximize': MnasNet's soft or hard reward, or TuNAS's abs",
  },
  { name: 'target', value: 'N', description: 'the cost that the reward aims at: 10M, or 20ms of latency' },
  {
    name: 'beta',
    value: 'N',
    kind: 'number',
    most: 0,
    description: 'abs: the penalty for missing the target; -0.07 by default',
  },
  {
    name: 'patience',
    value: 'N',
    kind: 'positive',
    most: 1e9,
    description: 'stop after N networks without an improvement',
  },
  {
    name: 'ahead',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description:
      'proposals made before the results of the first are used, which limits how many workers can be busy; 8 by default',
  },
];
