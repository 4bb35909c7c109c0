import { type BenchReport, benchText } from '../../bench/bench-text.ts';
import { compareBlocks } from '../../bench/comparison.ts';
import { engines } from '../../bench/engines.ts';
import { doubtsOf, summarizeSeries } from '../../bench/statistics.ts';
import { flag, number } from '../arguments.ts';
import { type ChosenEngine, chooseEngine } from '../benchmark/choose-engine.ts';
import { measureGroups } from '../benchmark/measure-groups.ts';
import { measureRequest } from '../benchmark/measure-request.ts';
import type { MeasuredModels, MeasureRequest } from '../benchmark/measured.ts';
import { type ModelFile, openModel } from '../benchmark/open-model.ts';
import { precisionsAnswer } from '../benchmark/precisions.ts';
import { sidesOf } from '../benchmark/sides.ts';
import { tableAnswer } from '../benchmark/table-command.ts';
import { withTemporaryFolder } from '../benchmark/temporary-folder.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { weightOptions } from '../options.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { createStatusLine } from '../status-line.ts';
import { explained } from '../training/explained.ts';

const defaults = { seconds: 5, seed: 0 };

/** `enetc bench [spec | file.onnx | model.json]` */
export const benchCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    if (flag(args, 'table')) return tableAnswer(args, io);
    refuseTableOptions(args);
    if (flag(args, 'precisions')) return precisionsAnswer(args, io);
    refusePrecisionsOptions(args);
    const sides = sidesOf(args, io);
    const engine = chooseEngine(sides, args);
    const form = engine === 'auto' ? 'tfjs' : engines[engine].takes;
    const report = await withTemporaryFolder(async (folder) => {
      const files: ModelFile[] = [];
      const seed = number(args, 'seed') ?? defaults.seed;
      for (const [i, side] of sides.entries()) {
        const file = await openModel(side, form, folder, String(i), seed, args, io);
        if (!file) return undefined;
        files.push(file);
      }
      return measureFiles(files, engine, folder, args, io);
    });
    if (!report) return exitCodes.diagnostics;
    printAnswer(args, io, report, (paint) => benchText(report, paint));
    return exitCodes.ok;
  });

/** @throws a usage error for what only a table takes */
function refuseTableOptions(args: Arguments): void {
  const given = ['calibrate', 'networks', 'output', 'force'].find((name) => flag(args, name));
  if (given !== undefined) throw usageError(`--${given} is for --table`, 'bench');
}

/** @throws a usage error for what only `--precisions` takes */
function refusePrecisionsOptions(args: Arguments): void {
  const names = ['judge', ...weightOptions.map(({ name }) => name).filter((name) => name !== 'seed')];
  const given = names.find((name) => flag(args, name));
  if (given !== undefined) throw usageError(`--${given} is for --precisions`, 'bench');
}

async function measureFiles(
  files: readonly ModelFile[],
  engine: ChosenEngine,
  folder: string,
  args: Arguments,
  io: Io,
): Promise<BenchReport> {
  const request = {
    ...measureRequest(args, defaults.seconds),
    ...(flag(args, 'profile') && { profileFolder: folder }),
  };
  const screen = createStatusLine(args, io);
  try {
    const [measured] = await measureGroups([files], engine, request, folder, screen, args, io);
    return reportOf(measured as MeasuredModels, files, engine, request);
  } finally {
    screen.clear();
  }
}

function reportOf(
  { blocks, settled, inputs, engine, warmUpRuns, memory, device, profiles }: MeasuredModels,
  files: readonly ModelFile[],
  name: ChosenEngine,
  { threads, batch, seed }: MeasureRequest,
): BenchReport {
  const hidden = device?.wasHidden ? ['the page was hidden, and browsers slow down hidden pages'] : [];
  const models = files.map((file, i) => {
    const summary = summarizeSeries((blocks[i] ?? []).flat());
    return { name: file.name, inputs: inputs[i] ?? {}, ...summary, doubts: [...doubtsOf(summary, settled), ...hidden] };
  });
  const [first, other] = blocks;
  return {
    engine,
    ...(name !== 'auto' && engines[name].threads && { threads }),
    batch,
    seed,
    warmUpRuns,
    models,
    ...(first && other && { comparison: compareBlocks(first, other, settled) }),
    ...(memory && { memory }),
    ...(device && { device }),
    ...(profiles && { profiles }),
  };
}
