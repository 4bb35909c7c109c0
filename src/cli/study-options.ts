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

const queueOption = { name: 'queue', value: 'URL', description: `${queueServers}: where studies offer trainings` };

/** Of `enetc worker`. */
export const workerOptions: readonly Option[] = [
  queueOption,
  {
    name: 'concurrency',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'how many trainings at the same time; 1 by default',
  },
  {
    ...dataOption,
    description: "where this machine has the images; the study's own path by default. They must be the study's",
  },
  {
    name: 'runs',
    value: 'DIR',
    description:
      "keep trainings here, in a folder for each study; the study's own folder by default, which must then be under the same path on this machine",
    completes: 'file',
  },
  json,
  quiet,
];

/** What may be given with `--resume`: nothing that changes what the study finds. */
export const resumedStudyOptions: readonly Option[] = [
  { name: 'resume', value: 'STUDY', description: 'go on with the study of a folder', completes: 'file' },
  {
    name: 'workers',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description: 'child processes that train at the same time; 1 by default',
  },
  { ...queueOption, description: `have workers on any machines train ('enetc worker'), over ${queueServers}` },
  { name: 'page', description: 'serve a page on loopback that shows the study as it goes; its address is printed' },
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
    description: 'how many networks are trained, besides the starting point; 50 by default',
  },
  {
    name: 'rungs',
    value: 'EPOCHS,...',
    description: 'epochs of the first training, and of each longer one that the best go on to; 1,3 by default',
  },
  {
    name: 'keep',
    value: 'N',
    kind: 'number',
    least: 1,
    most: 1e6,
    description: 'one network in N goes on to the next rung; 3 by default',
  },
  {
    name: 'early-stop',
    description: 'end a training whose accuracy is below the median of those before it at the same epoch',
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
      "cores of each training; the machine's by the number of workers by default. Part of the study: sums are split by it",
  },
  {
    name: 'classes',
    value: 'N',
    kind: 'positive',
    most: 2 ** 20,
    description: "sets the spec's parameter 'classes'; those of the data by default",
  },
];

/** What is said of settings whose default is another here: see `proxySettings`. */
const ownDefaults: Readonly<Record<string, Pick<Option, 'description'>>> = {
  warmup: { description: 'epochs in which the rate rises from 0; 0 by default' },
  ema: { description: 'decay of the averages of the weights; 0, none, by default' },
  validation: {
    description: 'share of the training images held out where the data have no validation; 0.1 by default',
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
    description:
      'how the next network is chosen; evolution by default, nsga2 where nothing but accuracy and cost is to be weighed',
  },
  {
    name: 'population',
    value: 'N',
    kind: 'positive',
    least: 2,
    most: 1e6,
    description: 'evolution, nsga2: how many networks live; a quarter of the trials by default, 100 at most',
  },
  {
    name: 'sample-size',
    value: 'N',
    kind: 'positive',
    most: 1e6,
    description: 'evolution: of how many the best has a child; a quarter of the population by default',
  },
  {
    name: 'reward',
    value: 'NAME',
    choices: rewardNames,
    description: "what to maximise instead of the spec's own 'maximize': MnasNet's soft or hard reward, or TuNAS's abs",
  },
  { name: 'target', value: 'N', description: 'the cost that the reward aims at: 10M, or 20ms of latency' },
  {
    name: 'beta',
    value: 'N',
    kind: 'number',
    most: 0,
    description: 'abs: what being off by the target costs; -0.07 by default',
  },
  {
    name: 'patience',
    value: 'N',
    kind: 'positive',
    most: 1e9,
    description: 'end after N networks without an improvement',
  },
  {
    name: 'ahead',
    value: 'N',
    kind: 'positive',
    most: 1024,
    description:
      'proposals made before the first of them is learned from, which bounds the workers that are busy; 8 by default',
  },
];
