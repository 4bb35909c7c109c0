import { type PreparedNetwork, prepareNetwork } from '../../6-emit/emit.ts';
import type { Metadata } from '../../6-emit/target.ts';
import { loadOnnxRuntime } from '../../backends/onnx-runtime.ts';
import type { Network } from '../../compile-spec.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { findPictures } from '../../predict/find-pictures.ts';
import { noise, type Pictures, preparePictures } from '../../quantise/pictures.ts';
import { type Correction, quantiseNetwork } from '../../quantise/quantise-network.ts';
import type { RangeMethod } from '../../quantise/ranges.ts';
import { closenessText, type QuantisationReport, shortCloseness, type TrainedReport } from '../../quantise/report.ts';
import { type Goal, isMissed } from '../../quantise/return-to-float.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { classesOf, imageOf } from '../../train/open/classified-network.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';
import { flag, list, number, text } from '../arguments.ts';
import { withTemporaryFolder } from '../benchmark/temporary-folder.ts';
import type { ChosenTarget } from '../choose-target.ts';
import type { Arguments } from '../command.ts';
import { failure, type Io, usageError } from '../io.ts';
import { createStatusLine } from '../status-line.ts';
import { explained } from '../training/explained.ts';
import { openEngines, type QuantisationEngines } from './engines.ts';

/** A network as `compile --int8` writes it, and how near it is to float32. */
export interface QuantisedNetwork {
  readonly prepared: PreparedNetwork;
  readonly facts: Metadata;
  readonly report: QuantisationReport | TrainedReport;
}

/** Normal numbers that stand for pictures: of a network whose pictures are not at hand. */
const noiseCount = 64;

/** Of the pictures of `--calibrate`, one in this many is held out to judge by. */
const heldOut = 5;

/** Quantises a network for `compile --int8`. Undefined where its weights are not to be had. */
export function quantisePrepared(
  network: Network,
  target: ChosenTarget,
  request: WeightsRequest,
  args: Arguments,
  io: Io,
): Promise<QuantisedNetwork | undefined> {
  return explained(args, io, async () => {
    const ort = loadOnnxRuntime(io.cwd);
    if (typeof ort === 'string') throw failure(`--int8 needs ONNX Runtime: ${ort}`);
    const prepared = prepareNetwork(network, target.entry, { ...target.passes, ...request });
    const { weights } = prepared;
    if (!weights) return undefined;
    const screen = createStatusLine(args, io);
    widenThreadPool(number(args, 'workers'));
    return withTemporaryFolder(async (folder) => {
      const opened: Pictures[] = [];
      let engines: QuantisationEngines | undefined;
      try {
        const { calibration, judging, isNoise } = await openPictures(prepared, folder, screen, args, io, opened);
        const goal = goalOf(args);
        if (goal?.agreement !== undefined) classesOf(prepared.graph);
        const opset = Number(text(args, 'opset') ?? (text(args, 'activation-bits') === '16' ? 21 : 17));
        const { runtime, integers } = target.entry;
        if (!integers) throw new Error(`${target.entry.name} does not compute on integers`);
        engines = await openEngines(ort, runtime, folder, opset, screen.warn, io);
        const { report: found, ...quantised } = await quantiseNetwork({
          graph: prepared.graph,
          weights,
          integers,
          engine: engines.observing,
          judge: engines.judge,
          ...(engines.kernels && { kernels: engines.kernels }),
          timed: flag(args, 'report'),
          folder,
          calibration,
          judging,
          settings: {
            ranges: (text(args, 'ranges') ?? 'mse') as RangeMethod,
            activationBits: text(args, 'activation-bits') === '16' ? 16 : 8,
            correct: (text(args, 'correct') ?? 'layers') as Correction,
            equalise: !flag(args, 'no-equalise'),
            ...(goal && { goal }),
          },
          progress: screen.progress,
        });
        warnOf(found, screen.warn);
        const report = { ...found, ...(isNoise && { noise: true as const }) };
        return {
          prepared: { ...prepared, graph: quantised.graph, weights: quantised.weights(weights) },
          facts: [['enet.quantisation', closenessText(report)]],
          report,
        };
      } finally {
        screen.clear();
        engines?.close();
        for (const pictures of opened) pictures.close();
      }
    });
  });
}

/** Noise of integer kernels above what the file states that is worth a warning, in decibels. */
const worthWarning = 1;

/** Warns where the result misses the goal, or where this machine's kernels do not reach it. */
function warnOf(report: QuantisationReport, warn: (text: string) => void): void {
  const { sqnr, kernels, goal, judged } = report;
  if (goal && isMissed(goal, report, judged)) {
    warn(
      `the goal is met on every fifth picture of --calibrate (${shortCloseness(goal.sought)}), but not on those of --judge (${shortCloseness(report)})`,
    );
  }
  if (kernels && kernels.sqnr < sqnr - worthWarning) {
    warn(
      `the integer kernels on this machine's processor are less accurate: ${shortCloseness(kernels)}. Without VNNI, sums of two products saturate`,
    );
  }
}

/** The goal on the command line, if there is one. */
function goalOf(args: Arguments): Goal | undefined {
  const [agreement, sqnr] = [number(args, 'keep-agreement'), number(args, 'sqnr')];
  if (agreement === undefined && sqnr === undefined) return undefined;
  return { ...(agreement !== undefined && { agreement }), ...(sqnr !== undefined && { sqnr }) };
}

async function openPictures(
  { graph }: PreparedNetwork,
  folder: string,
  screen: ReturnType<typeof createStatusLine>,
  args: Arguments,
  io: Io,
  opened: Pictures[],
): Promise<{ calibration: Pictures; judging: Pictures; isNoise: boolean }> {
  const image = imageOf(graph);
  const paths = list(args, 'calibrate');
  const keep = (pictures: Pictures) => {
    opened.push(pictures);
    return pictures;
  };
  const open = async (files: readonly string[], what: string) =>
    keep(
      await preparePictures(files, {
        cwd: io.cwd,
        folder,
        image,
        skipped: ({ name, reason }) => screen.warn(`'${name}' cannot be read and is left out: ${reason}`),
        progress: (done, total) => screen.progress(`${what}: ${done} of ${total} ${nounFor(total, 'picture')}`),
      }),
    );
  const judged = list(args, 'judge');
  const isNoise = paths.length === 1 && paths[0] === 'noise';
  if (isNoise) {
    screen.warn(
      'ranges come from noise, which is unlike any picture: they can be far too wide or too narrow, and results on noise say little about pictures',
    );
  }
  const files = isNoise ? [] : findPictures(paths, io.cwd);
  const others = judged.length > 0 ? findPictures(judged, io.cwd) : files.filter((_, i) => i % heldOut === heldOut - 1);
  const seen = judged.length > 0 ? files : files.filter((_, i) => i % heldOut !== heldOut - 1);
  if (!isNoise && judged.length === 0 && others.length === 0) {
    const found = `--calibrate has ${files.length} ${nounFor(files.length, 'picture')}`;
    throw usageError(
      `${found}, of which every fifth is held out for judging: give more, or others with --judge`,
      'compile',
    );
  }
  const calibration = isNoise ? keep(noise(noiseCount, image, folder)) : await open(seen, 'reading');
  const judging =
    isNoise && judged.length === 0 ? keep(noise(noiseCount, image, folder)) : await open(others, 'reading');
  return { calibration, judging, isNoise };
}
