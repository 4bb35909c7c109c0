import { resolve } from 'node:path';
import { safeText } from '../../diagnostics/text-width.ts';
import { statOf } from '../../node/file-stat.ts';
import { compareStudies, comparisonText } from '../../study/compare-studies.ts';
import { readFindings } from '../../study/run-study.ts';
import { studyCsv } from '../../study/study-csv.ts';
import { openStudyKind, type StudyFound } from '../../study/study-kind.ts';
import { findingsText } from '../../study/study-text.ts';
import { readTrials } from '../../study/trial-log.ts';
import { findingsJson } from '../../study/write-findings.ts';
import { flag, number, text } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { explained } from '../training/explained.ts';

/** `enetc study show STUDY`, `enetc study compare STUDY STUDY...`, `enetc study export STUDY` */
export const studyCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    const [what, ...folders] = args.operands;
    const least = what === 'compare' ? 2 : 1;
    if (what !== 'show' && what !== 'compare' && what !== 'export') {
      throw usageError(`study takes show, compare or export${what === undefined ? '' : `, not '${what}'`}`, 'study');
    }
    if (folders.length < least || (what !== 'compare' && folders.length > 1)) {
      throw usageError(
        what === 'compare' ? 'compare takes two studies or more' : `${what} takes the folder of one study`,
        'study',
      );
    }
    for (const name of ['network', 'output', 'force']) {
      if (flag(args, name) && what !== 'export') throw usageError(`--${name} is for export`, 'study');
    }
    const studies = folders.map((shown) => open(shown, io));
    if (what === 'show') show(studies[0] as StudyFound, args, io);
    else if (what === 'export') exportStudy(studies[0] as StudyFound, args, io);
    else {
      const compared = compareStudies(studies);
      printAnswer(args, io, compared, (paint) => comparisonText(compared, paint));
    }
    return exitCodes.ok;
  });

function open(shown: string, io: Io): StudyFound {
  const folder = { path: resolve(io.cwd, shown), shown };
  return readFindings(folder);
}

function show(found: StudyFound, args: Arguments, io: Io): void {
  const value = { folder: found.folder.shown, ...findingsJson(found) };
  printAnswer(args, io, value, (paint) => findingsText(found, paint));
}

/** The spec of a network, or the log as CSV: to a file, or to standard output. */
function exportStudy({ folder, config, scorer, findings }: StudyFound, args: Arguments, io: Io): void {
  const asked = number(args, 'network');
  const written = asked === undefined ? studyCsv(config, readTrials(folder), scorer) : specOf(asked);
  const output = text(args, 'output');
  if (output === undefined) {
    io.stdout.write(written);
    return;
  }
  const path = resolve(io.cwd, output);
  if (statOf(path) && !flag(args, 'force')) throw failure(`'${output}' exists; --force overwrites it`);
  writeTextFile(path, output, written);
  if (!flag(args, 'json')) io.stdout.write(`wrote ${safeText(output)}\n`);

  function specOf(trial: number): string {
    const record = findings.networks.find((one) => one.trial === trial);
    if (!record) throw failure(`the study has no network ${trial}`);
    return openStudyKind(folder, config).specOf(record);
  }
}
