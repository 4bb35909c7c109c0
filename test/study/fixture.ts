import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { planSearch, type SearchOptions } from '../../src/study/plan-study.ts';
import type { StudyPlace } from '../../src/study/run-study.ts';
import { writeIdx } from '../train/run/fixture.ts';

/** 3 decisions for each of two rows; 8 x 8 pixels, so that a network trains in a moment without an engine. */
export const spaceSpec = `import { ConvBnAct, MBConv } from "std/blocks"

model Tiny {
  param classes: int = 3
  convention tf
  input image: [1, 8, 8]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat | channels        | kernel | stride | expand |
    | {MBConv, ConvBnAct} | {1, 2} | 8 * {1, 2}      | 3      | 1      | {2, 3} |
    | {MBConv, ConvBnAct} | {1, 0} | 8 * {2, 1, 3}   | {3, 5} | 2      | {2, 3} |
  }
  head: GlobalAvgPool
  classifier: Linear(classes)
}
`;

/** A folder with a space and images. */
export function studyFolder(spec = spaceSpec, images = 60): string {
  const cwd = mkdtempSync(join(tmpdir(), 'enetc-study-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 5 }));
  writeFileSync(join(cwd, 'space.enet'), spec);
  writeIdx(join(cwd, 'data'), images, 30);
  return cwd;
}

/** Trains nothing: see fake-trials.mjs. */
export const fakeProgram = { file: fileURLToPath(new URL('fake-trials.mjs', import.meta.url)) };

export function placeIn(cwd: string, workers = 2): StudyPlace {
  return { program: fakeProgram, workers, cwd };
}

export function planIn(cwd: string, options: Partial<SearchOptions> = {}) {
  return planSearch({ spec: 'space.enet', data: 'data', backend: 'cpu', cwd, trials: 24, ...options });
}
