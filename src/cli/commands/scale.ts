import { resolve } from 'node:path';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { withScaling } from '../../search/scale/write-scaling.ts';
import { planScale } from '../../study/plan-study.ts';
import { resumeStudy, type StudyControl, type StudyOutcome, startStudy } from '../../study/run-study.ts';
import { factorsOf, openScaling } from '../../study/scale-proposer.ts';
import { openStudySpec } from '../../study/study-folder.ts';
import { flag, text } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { failure, type Io, usageError } from '../io.ts';
import { openSpec, textOf } from '../spec.ts';
import { placeOf } from '../study/place.ts';
import { refuseWithResume, scaleRequest } from '../study/requests.ts';
import { runStudyCommand } from '../study/run-command.ts';

/** `enetc scale [spec] --data DIR`, `enetc scale --resume STUDY` */
export const scaleCommand: RunCommand = async (args, io) => {
  const resumed = text(args, 'resume');
  if (resumed !== undefined) refuseWithResume(args);
  const target = flag(args, 'write') ? await specToWrite(args, io) : undefined;
  return runStudyCommand(
    args,
    io,
    async (control: StudyControl, screen): Promise<StudyOutcome> => {
      if (resumed !== undefined) return resumeStudy(resumed, placeOf(args, io), control);
      const plan = await planScale(await scaleRequest(args, io), screen.onTrainEvent);
      return startStudy(plan, text(args, 'out'), placeOf(args, io), control);
    },
    (outcome) => notesOf(outcome, target),
  );
};

/** A spec's file that is to be changed. */
interface WrittenSpec {
  readonly path: string;
  readonly shown: string;
  /** Its text with a mark of the byte order, where it has one. */
  write(text: string): void;
}

/** @throws a usage error for a spec that is no file */
async function specToWrite(args: Arguments, io: Io): Promise<WrittenSpec | undefined> {
  const spec = await openSpec(args.operands[0], io, 'scale');
  if (spec.model !== undefined || spec.source.name === '<stdin>') {
    throw usageError('--write needs a spec in a file of your own', 'scale');
  }
  const path = resolve(io.cwd, spec.source.name);
  return {
    path,
    shown: spec.source.name,
    write: (written) => writeTextAtomically(path, textOf(spec, written)),
  };
}

/** What was found, in words; writes it where that is asked for. */
function notesOf({ folder, config, findings }: StudyOutcome, target: WrittenSpec | undefined): string[] {
  const { best } = findings;
  if (!best) return [];
  const { d, w, r } = factorsOf(best);
  const found = `alpha ${d}, beta ${w}, gamma ${r}`;
  if (!target) return [`the best coefficients: ${found}`];
  const spec = openStudySpec(folder, config);
  const { model } = openScaling(spec, config);
  const written = withScaling(spec.source, model, { d, w, r });
  if (written === undefined)
    throw failure(
      `${found}; '${target.shown}' has a 'scaling' without phi, or uses the model of another file: it is not changed`,
    );
  target.write(written);
  return [`wrote ${found} into ${target.shown}`];
}
