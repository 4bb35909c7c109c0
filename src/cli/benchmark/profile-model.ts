import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OnnxSession } from '../../backends/onnx-session.ts';
import { type Profile, type ProfileEvent, profileOf, stageTimesOf } from '../../bench/profile.ts';
import { failure } from '../io.ts';
import type { MeasureRequest } from './measured.ts';
import type { ModelFile } from './open-model.ts';

/** Runs that are left out: the first ones allocate. */
const skipped = 5;
/** A profile's file grows by some hundred bytes a kernel and run. */
const [leastRuns, mostRuns] = [12, 100];

/** Profiles an ONNX file. @param open opens it with the prefix of the profile's file */
export async function profileModel(
  file: ModelFile,
  open: (prefix: string) => Promise<OnnxSession>,
  request: MeasureRequest,
): Promise<Profile> {
  const events = await profileEvents(file, open, request);
  const profile = profileOf(file.name, events, skipped, file.stages);
  if (!profile) throw failure("ONNX Runtime's profile contains no runs");
  return profile;
}

/** The time of each stage of a spec's ONNX file, in milliseconds. */
export async function profileStages(
  file: ModelFile,
  open: (prefix: string) => Promise<OnnxSession>,
  request: MeasureRequest,
): Promise<ReadonlyMap<string, number>> {
  const events = await profileEvents(file, open, request);
  return stageTimesOf(events, skipped, file.stages?.map(({ id }) => id) ?? []);
}

/** Runs a file under the profiler for half the time that is measured. */
async function profileEvents(
  { path }: ModelFile,
  open: (prefix: string) => Promise<OnnxSession>,
  { seconds, profileFolder }: MeasureRequest,
): Promise<readonly ProfileEvent[]> {
  const prefix = join(profileFolder ?? dirname(path), 'profile');
  const older = new Set(profilesOf(prefix));
  const session = await open(prefix);
  const start = performance.now();
  for (let done = 0; done < skipped + mostRuns; done++) {
    if (done >= skipped + leastRuns && performance.now() - start > seconds * 500) break;
    await session.run();
  }
  session.endProfiling();
  await session.close();
  const file = profilesOf(prefix).find((other) => !older.has(other));
  if (file === undefined) throw failure('this ONNX Runtime writes no profile');
  const events = JSON.parse(readFileSync(file, 'utf8')) as ProfileEvent[];
  rmSync(file);
  return events;
}

function profilesOf(prefix: string): string[] {
  const folder = dirname(prefix);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(prefix)}_`) && name.endsWith('.json'))
    .map((name) => join(folder, name));
}
