import { buildDiagnostics } from './catalog/build.ts';
import { checkDiagnostics } from './catalog/check.ts';
import { importDiagnostics } from './catalog/import.ts';
import { parseDiagnostics } from './catalog/parse.ts';
import { resolveDiagnostics } from './catalog/resolve.ts';
import { scaleDiagnostics } from './catalog/scale.ts';
import { searchDiagnostics } from './catalog/search.ts';
import { targetDiagnostics } from './catalog/target.ts';
import { trainingDiagnostics } from './catalog/training.ts';
import { weightDiagnostics } from './catalog/weights.ts';

/** Every diagnostic there is, by its stable code. `enetc explain CODE` and docs/diagnostics.md are made from this. */
export const catalog = {
  ...parseDiagnostics,
  ...resolveDiagnostics,
  ...checkDiagnostics,
  ...scaleDiagnostics,
  ...buildDiagnostics,
  ...weightDiagnostics,
  ...targetDiagnostics,
  ...trainingDiagnostics,
  ...searchDiagnostics,
  ...importDiagnostics,
} as const;

export type Code = keyof typeof catalog;
export type MessageArgs<C extends Code> = Parameters<(typeof catalog)[C]['message']>[0];

/** All codes, in the catalog's order. */
export const codes = Object.keys(catalog) as Code[];
