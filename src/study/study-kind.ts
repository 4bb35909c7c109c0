import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withScaling } from '../search/scale/write-scaling.ts';
import type { Proposer } from './explore.ts';
import type { Findings } from './findings.ts';
import {
  type ComparedRecord,
  comparedRecords,
  comparedSubjects,
  createScaleProposer,
  factorsOf,
  openScaling,
} from './scale-proposer.ts';
import { createScorer, type Scorer } from './scorer.ts';
import { createSearchProposer, openSpace } from './search-proposer.ts';
import type { StudyConfig } from './study-config.ts';
import { networkFile, openStudySpec, openStudyTable, type StudyFolder } from './study-folder.ts';
import type { Subject } from './trainer.ts';
import type { TrialRecord } from './trial-log.ts';

/** What a study has found. */
export interface StudyFound {
  readonly folder: StudyFolder;
  readonly config: StudyConfig;
  readonly scorer: Scorer;
  readonly findings: Findings;
  /** Of a study of scaling: ways of scaling at equal computation. */
  readonly compared: readonly ComparedRecord[];
}

/** What differs between kinds of studies. */
export interface StudyKind {
  readonly scorer: Scorer;
  open(): { readonly proposer: Proposer; readonly start: Subject };
  /** Networks to train that the findings are compared with. */
  others(findings: Findings): readonly Subject[];
  /** The same, those that are trained. */
  compared(findings: Findings, records: readonly TrialRecord[]): readonly ComparedRecord[];
  /** The spec of a network, for use outside of the study. */
  specOf(record: TrialRecord): string;
}

/** Opens a study by its kind: a search of a space, or of scaling coefficients. @throws RunError for a spec that is neither */
export function openStudyKind(folder: StudyFolder, config: StudyConfig): StudyKind {
  const spec = openStudySpec(folder, config);
  if (!config.scale) {
    const opened = openSpace(spec, config);
    const scorer = createScorer(opened.model, config);
    return {
      scorer,
      open() {
        const table = openStudyTable(folder, config);
        const proposer = createSearchProposer(folder, config, spec, opened, scorer, table);
        return { proposer, start: proposer.start };
      },
      others: () => [],
      compared: () => [],
      specOf: ({ network }) => readFileSync(join(folder.path, networkFile(config, network)), 'utf8'),
    };
  }
  const scaling = openScaling(spec, config);
  return {
    scorer: { value: ({ accuracy }) => accuracy },
    open: () => createScaleProposer(folder, config, spec, scaling),
    others: (findings) => comparedSubjects(folder, config, spec, scaling, findings),
    compared: (findings, records) => comparedRecords(config, scaling, findings, records),
    specOf: (record) => withScaling(spec.source, scaling.model, factorsOf(record)) ?? spec.source.text,
  };
}
