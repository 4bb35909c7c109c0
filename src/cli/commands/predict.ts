import { resolve } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { attemptWrite } from '../../node/system-errors.ts';
import type { Classifier } from '../../predict/classifier.ts';
import { findPictures } from '../../predict/find-pictures.ts';
import { type PredictedPicture, predictPictures } from '../../predict/predict-pictures.ts';
import type { ScoreKind } from '../../predict/probabilities.ts';
import { createReport } from '../../predict/report.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { flag, number, text } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { askedLabels } from '../labels.ts';
import { reportPage } from '../own-outputs.ts';
import { classNames } from '../prediction/class-names.ts';
import { openClassifier } from '../prediction/open-classifier.ts';
import { csvHeader, csvText, pictureText } from '../prediction/prediction-text.ts';
import { printJson } from '../print-diagnostics.ts';
import { type Output, refuseFile, requireFolder } from '../refuse-overwriting.ts';
import { createStatusLine } from '../status-line.ts';
import { paintFor } from '../style.ts';
import { explained } from '../training/explained.ts';
import { listenForStop } from '../training/stop-signals.ts';

const defaults = { top: 5, batch: 32 };

/** `enetc predict NETWORK PICTURE...` */
export const predictCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    if (flag(args, 'json') && flag(args, 'csv')) throw usageError('--json and --csv cannot be combined', 'predict');
    const [, ...paths] = args.operands;
    if (paths.length === 0) throw usageError('predict takes a network, then pictures or folders of them', 'predict');
    widenThreadPool(number(args, 'workers'));
    const files = findPictures(paths, io.cwd);
    const output = reportOf(files, args, io);
    const asked = await askedLabels(args, io);
    const classifier = await openClassifier(args, io);
    if (!classifier) return exitCodes.diagnostics;
    try {
      return await predictAll(classifier, files, asked, output, args, io);
    } finally {
      await classifier.close();
    }
  });

async function predictAll(
  classifier: Classifier,
  files: readonly string[],
  asked: readonly string[] | undefined,
  output: Output | undefined,
  args: Arguments,
  io: Io,
): Promise<number> {
  const screen = createStatusLine(args, io);
  if (!classifier.isNormalisationStated) {
    const { mean, std } = classifier.image.preprocessing;
    screen.warn(`'${classifier.name}' has no normalisation: --mean ${mean.join()} --std ${std.join()} is assumed`);
  }
  const report = output && createReport(classifier);
  const answers: Pick<PredictedPicture, 'file' | 'predictions'>[] = [];
  const signals = listenForStop(() => screen.warn('stopping after this batch; interrupt again to end at once'));
  let [done, unread] = [0, 0];
  try {
    const workers = number(args, 'workers');
    const scores = text(args, 'scores') as ScoreKind | undefined;
    const batches = predictPictures(classifier, files, {
      cwd: io.cwd,
      labelsOf: (classes) => classNames(asked, classifier, classes, screen.warn),
      top: number(args, 'top') ?? defaults.top,
      batch: number(args, 'batch') ?? defaults.batch,
      ...(workers !== undefined && { workers }),
      ...(scores && { scores }),
      skipped: ({ name, reason }) => {
        unread++;
        report?.addUnread(name, reason);
        screen.warn(`'${name}' cannot be read and is left out: ${reason}`);
      },
    });
    if (flag(args, 'csv')) io.stdout.write(csvHeader);
    for await (const pictures of batches) {
      screen.clear();
      for (const picture of pictures) {
        report?.add(picture);
        if (flag(args, 'json')) answers.push({ file: picture.file, predictions: picture.predictions });
        else io.stdout.write(flag(args, 'csv') ? csvText(picture) : pictureText(picture, paintFor(args, io)));
      }
      done += pictures.length;
      screen.progress(`${done + unread} of ${files.length} ${nounFor(files.length, 'picture')}`);
      if (signals.code() !== undefined) break;
    }
  } finally {
    screen.clear();
    signals.release();
  }
  if (flag(args, 'json')) printJson(answers, io);
  if (output && report) attemptWrite(output.shown, () => writeTextAtomically(output.path, report.html()));
  return signals.code() ?? (unread > 0 ? exitCodes.diagnostics : exitCodes.ok);
}

/** Where the report goes. @throws if that would destroy something. */
function reportOf(files: readonly string[], args: Arguments, io: Io): Output | undefined {
  const shown = text(args, 'report');
  if (shown === undefined) return undefined;
  const inputs = files.map((file) => resolve(io.cwd, file));
  const output = { path: resolve(io.cwd, shown), shown, inputs, force: flag(args, 'force') };
  refuseFile(output, reportPage);
  requireFolder(output);
  return output;
}
