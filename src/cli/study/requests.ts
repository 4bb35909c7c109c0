import type { BackendRequest } from '../../backends/backend.ts';
import { parseCount, parseTime } from '../../report/parse-quantity.ts';
import type { ScaleOptions, SearchOptions, StudyOptions } from '../../study/plan-study.ts';
import { defaultBeta } from '../../study/scorer.ts';
import type { AlgorithmName, Reward, RewardName, ScaleSettings, StudyCost } from '../../study/study-config.ts';
import { flag, number, text } from '../arguments.ts';
import { spaceBudgetsOf } from '../budgets.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';
import { globalOptions, json, quiet } from '../options.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { resumedStudyOptions } from '../study-options.ts';
import { givenSettings } from '../training/requests.ts';

/** What a command line asks every study for. */
export async function studyRequest(args: Arguments, io: Io): Promise<StudyOptions> {
  const command = args.command.name;
  const data = text(args, 'data');
  if (data === undefined) throw usageError('--data is missing: the images to train on', command);
  const spec = await openSpec(args.operands[0], io, command);
  const { seed, ...settings } = givenSettings(args);
  return {
    spec,
    network: scalingRequest(args, spec),
    data,
    classes: number(args, 'classes'),
    settings,
    budgets: spaceBudgetsOf(args),
    ...given('seed', number(args, 'seed')),
    ...given('rungs', rungsOf(args)),
    ...given('keep', number(args, 'keep')),
    ...given('trials', number(args, 'trials')),
    ...given('ahead', number(args, 'ahead')),
    ...given('patience', number(args, 'patience')),
    ...given('cost', text(args, 'cost') as StudyCost | undefined),
    stopsEarly: flag(args, 'early-stop'),
    backend: text(args, 'backend') as BackendRequest | undefined,
    workers: number(args, 'workers'),
    threads: number(args, 'threads'),
    cwd: io.cwd,
    env: io.env,
  };
}

/** What a command line asks a search for. */
export async function searchRequest(args: Arguments, io: Io): Promise<SearchOptions> {
  for (const name of ['count', 'sample', 'pick', 'output']) {
    if (flag(args, name))
      throw usageError(`--${name} and --data cannot be combined: 'enetc study export' writes what was found`, 'search');
  }
  return {
    ...(await studyRequest(args, io)),
    ...given('algorithm', text(args, 'algorithm') as AlgorithmName | undefined),
    ...given('population', number(args, 'population')),
    ...given('sample', number(args, 'sample-size')),
    ...given('reward', rewardOf(args)),
    ...given('table', text(args, 'table')),
  };
}

/** What a command line asks a study of scaling for. */
export async function scaleRequest(args: Arguments, io: Io): Promise<ScaleOptions> {
  const scale = {
    ...given('budget', number(args, 'budget')),
    ...given('tolerance', number(args, 'tolerance')),
    ...given('step', number(args, 'step')),
    ...given('by', text(args, 'by') as ScaleSettings['by'] | undefined),
    ...given('compare', multiplesOf(args)),
  };
  return { ...(await studyRequest(args, io)), scale };
}

function multiplesOf(args: Arguments): number[] | undefined {
  const multiples = text(args, 'compare')?.split(',').map(Number);
  if (multiples?.some((multiple) => !(multiple > 0 && Number.isFinite(multiple) && multiple !== 1))) {
    throw usageError(
      `--compare takes multiples of the base network's computation, such as 2,4, not '${text(args, 'compare')}'`,
      'scale',
    );
  }
  return multiples;
}

/** @throws a usage error for what cannot be given with `--resume` */
export function refuseWithResume(args: Arguments): void {
  const allowed = new Set([...resumedStudyOptions, ...globalOptions, json, quiet].map(({ name }) => name));
  const other = [...args.values.keys()].find((name) => !allowed.has(name));
  if (other !== undefined) {
    throw usageError(`--${other} cannot be given with --resume: a study keeps its settings`, args.command.name);
  }
  if (args.operands.length > 0) throw usageError('--resume takes no spec: a study has its own', args.command.name);
}

function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}

function rungsOf(args: Arguments): number[] | undefined {
  return text(args, 'rungs')
    ?.split(',')
    .map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
}

function rewardOf(args: Arguments): Reward | undefined {
  const name = text(args, 'reward') as RewardName | undefined;
  const target = text(args, 'target');
  const beta = number(args, 'beta');
  if (name === undefined) {
    const idle = target === undefined ? 'beta' : 'target';
    if (target !== undefined || beta !== undefined) throw usageError(`--${idle} needs --reward`, 'search');
    return undefined;
  }
  if (target === undefined) throw usageError(`--reward ${name} needs --target: the cost that it aims at`, 'search');
  if (beta !== undefined && name !== 'abs') throw usageError('--beta needs --reward abs', 'search');
  const cost = text(args, 'cost') ?? (flag(args, 'table') ? 'latency' : 'macs');
  const aim = cost === 'latency' ? parseTime(target) : parseCount(target);
  if (aim === undefined) {
    const wanted = cost === 'latency' ? 'a time with its unit, such as 20ms' : 'a number above 0, such as 10M';
    throw usageError(`--target takes ${wanted}: the cost is ${cost}; not '${target}'`, 'search');
  }
  return { name, target: aim, ...(name === 'abs' && { beta: beta ?? defaultBeta }) };
}
