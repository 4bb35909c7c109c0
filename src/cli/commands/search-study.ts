import { planSearch } from '../../study/plan-study.ts';
import { resumeStudy, type StudyControl, type StudyOutcome, startStudy } from '../../study/run-study.ts';
import { text } from '../arguments.ts';
import type { RunCommand } from '../command.ts';
import { placeOf } from '../study/place.ts';
import { refuseWithResume, searchRequest } from '../study/requests.ts';
import { runStudyCommand } from '../study/run-command.ts';

/** `enetc search [spec] --data DIR`, `enetc search --resume STUDY` */
export const searchStudyCommand: RunCommand = (args, io) =>
  runStudyCommand(args, io, async (control: StudyControl, screen): Promise<StudyOutcome> => {
    const resumed = text(args, 'resume');
    if (resumed !== undefined) {
      refuseWithResume(args);
      return resumeStudy(resumed, placeOf(args, io), control);
    }
    const plan = await planSearch(await searchRequest(args, io), screen.onTrainEvent);
    return startStudy(plan, text(args, 'out'), placeOf(args, io), control);
  });
