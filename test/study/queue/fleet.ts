import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { StudyPlan } from '../../../src/study/plan-study.ts';
import { createStudyFolder, type StudyFolder, writeStudy } from '../../../src/study/study-folder.ts';
import { readTrials } from '../../../src/study/trial-log.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Programs of this folder, bundled: processes that are killed and started again and again start fast. */
export interface Programs {
  readonly folder: string;
  remove(): void;
}

export async function buildPrograms(): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), 'enetc-programs-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['fixed-trials', 'worker-process', 'study-process'].map((name) => `test/study/queue/${name}.ts`),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    mainFields: ['module', 'main'],
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    external: ['bullmq', 'ioredis', 'pg', 'sharp', 'onnxruntime-node'],
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Makes the folder of a study, which `study` then goes on with. */
export function layStudy(path: string, { config, copy }: StudyPlan): StudyFolder {
  const folder = createStudyFolder(path, path);
  writeStudy(folder, config, copy);
  return folder;
}

export interface Fleet {
  /** A worker that takes trainings. */
  worker(env?: NodeJS.ProcessEnv): Started;
  /** The process of a study. */
  study(folder: string): Started;
  /** Steps that all trainings have done. */
  steps(): number;
  /** Kills whatever runs. */
  end(): void;
}

export interface Started {
  readonly process: ChildProcess;
  /** The code or signal that it ended with. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** What it wrote. */
  said(): string;
}

/** @param stepMs how long a step of a training takes; an epoch has ten */
export function createFleet(programs: Programs, url: string | undefined, cwd: string, stepMs: number): Fleet {
  const stepsFile = join(cwd, 'steps');
  const all: Started[] = [];
  const env = { ...process.env, FIXED_STEPS: stepsFile, FIXED_STEP_MS: String(stepMs), TEST_ROOT: root };
  const start = (name: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Started => {
    const child = spawn(process.execPath, [join(programs.folder, `${name}.cjs`), ...args], {
      env: { ...env, ...more },
      // a group of its own, so that a whole machine can be killed
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
    }
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    const started = { process: child, ended, said: () => text };
    all.push(started);
    return started;
  };
  return {
    worker: (more) => start('worker-process', [url as string], more),
    study: (folder) => start('study-process', url === undefined ? [folder] : [folder, url]),
    steps: () => (existsSync(stepsFile) ? statSync(stepsFile).size : 0),
    end() {
      for (const { process: child } of all) killGroup(child);
    },
  };
}

/** As if its machine went off: the process and the children that it has. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** The files of a folder that hold a text. */
export function filesWith(text: string, folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => readFileSync(path).includes(text));
}

/** What a study found, and of what it counted each network. */
export function foundOf(folder: StudyFolder) {
  const records = readTrials(folder);
  const keys = records.map(({ network, rung }) => `${network} ${rung}`);
  // a longer training goes on from the shorter one
  const epochs = new Map(records.map((record) => [record.network, record.epochs]));
  const steps = [...epochs.values()].reduce((sum, count) => sum + count * 10, 0);
  return {
    front: readFileSync(join(folder.path, 'front.json'), 'utf8'),
    results: records.map(({ seconds, ...record }) => JSON.stringify(record)).sort(),
    repeated: keys.length - new Set(keys).size,
    trials: records.length,
    steps,
  };
}
