import type { Network } from '../../compile-spec.ts';
import { classCounts } from '../data/class-counts.ts';
import type { Dataset } from '../data/types.ts';
import { type Report, type TrainEvent, warning } from '../events.ts';
import type { Close } from '../open/close-all.ts';
import { closeAll } from '../open/close-all.ts';
import type { RunControl } from '../open/common-options.ts';
import { validationSplit } from '../open/loader-options.ts';
import type { RunLoaders } from '../open/open-loaders.ts';
import type { Run, RunOutcome } from '../open/run-handle.ts';
import { runWarnings } from '../open/run-warnings.ts';
import { type BestEvaluation, readBestEvaluation } from '../report/best-evaluation.ts';
import { writeReport } from '../report/write-report.ts';
import { type RunConfig, type RunEngine, stepProcesses } from '../run/run-config.ts';
import type { RunFolder } from '../run/run-folder.ts';
import type { Best } from '../run/state.ts';
import type { TorchPlace } from './torch-place.ts';
import { runTorch } from './torch-process.ts';

interface OpenedTorchRun {
  readonly folder: RunFolder;
  readonly config: RunConfig & { readonly engine: RunEngine };
  readonly network: Network;
  readonly dataset: Dataset;
  readonly loaders: RunLoaders;
  readonly place: TorchPlace;
  readonly closing: Close[];
}

/** A run whose folder is written, ready to be trained by PyTorch. Reports what is probably not intended. */
export function createTorchRun(opened: OpenedTorchRun, control: RunControl): Run {
  const { folder, config, network, dataset, loaders, place, closing } = opened;
  const { engine } = config;
  const report = control.onEvent ?? (() => {});
  const validatedOn = validationSplit(dataset);
  const validation = validatedOn && dataset.splits[validatedOn];
  const classes = dataset.splits.train ? classCounts(dataset.classes, dataset.splits.train, validation) : [];
  report({ kind: 'data', classes });
  const { settings } = config;
  const step = { ...settings, accumulate: settings.accumulate * stepProcesses(config) };
  for (const text of runWarnings({ ...config, settings: step }, dataset, classes, loaders)) report(warning(text));
  const processes = engine.processes === 1 ? '' : `, ${engine.processes} processes (${engine.parallel})`;
  return {
    folder,
    config,
    network,
    backend: { name: 'pytorch', description: `PyTorch ${place.python.version} of ${place.python.python}${processes}` },
    classes,
    validatedOn,
    async train({ signal } = control) {
      const command = { folder, engine, ...place, python: place.python.python };
      const reporting = withReport(opened, report);
      const end = await runTorch(command, reporting.onEvent, signal);
      const bestEvaluation = reporting.write(end.best);
      return { ...end, ...(bestEvaluation && { bestEvaluation }), folder, corrupt: 0 } satisfies RunOutcome;
    },
    close: () => closeAll(closing),
  };
}

/** Passes events on, and writes the report after each epoch. */
function withReport({ folder, config, network }: OpenedTorchRun, report: Report) {
  let best: Best | undefined;
  let stepsPerEpoch = 1;
  const write = (of: Best | undefined): BestEvaluation | undefined => {
    const evaluation = readBestEvaluation(folder.path, of, config.classes.length);
    writeReport({ folder, config }, network.graph, stepsPerEpoch, evaluation);
    return evaluation;
  };
  const onEvent = (event: TrainEvent & { readonly best?: unknown }) => {
    if (event.kind === 'start') {
      ({ stepsPerEpoch } = event);
      best = (event as { readonly best?: Best }).best;
    }
    if (event.kind === 'epoch') {
      if (event.best) best = bestOf(event);
      write(best);
    }
    report(event);
  };
  return { onEvent, write };
}

/** The better of the validated weights; the first if equal. */
function bestOf({ epoch, validation }: Extract<TrainEvent, { kind: 'epoch' }>): Best | undefined {
  let best: Best | undefined;
  for (const weights of ['averages', 'raw'] as const) {
    const accuracy = validation[weights]?.accuracy;
    if (accuracy !== undefined && !(best && best.accuracy >= accuracy)) best = { epoch, accuracy, weights };
  }
  return best;
}
