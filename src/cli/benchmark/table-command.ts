import { resolve } from 'node:path';
import { type TableReport, tableText } from '../../bench/table-text.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { statOf } from '../../node/file-stat.ts';
import { createCounter } from '../../search/space/counter.ts';
import { flag, list, number, text } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { openSpace } from '../commands/search.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { readLatencyTable } from '../latency-file.ts';
import { writeTextFile } from '../output-files.ts';
import { printAnswer, printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';
import { createStatusLine } from '../status-line.ts';
import { chooseEngine } from './choose-engine.ts';
import { measureRequest } from './measure-request.ts';
import { calibratedTable, measuredTable, type TableJob } from './measure-table.ts';
import { createNetworkWriter } from './space-network.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

/** What `--calibrate` measures. */
const calibrationNetworks = 10;

/** `enetc bench --table SPACE -o FILE`: measures a table of latencies, or makes one from those of other machines. */
export async function tableAnswer(args: Arguments, io: Io): Promise<number> {
  const output = text(args, 'output');
  if (output === undefined) throw usageError('--table needs --output: the file to write', 'bench');
  for (const name of ['compare', 'profile']) {
    if (flag(args, name)) throw usageError(`--${name} and --table cannot be combined`, 'bench');
  }
  const known = list(args, 'calibrate').map((file) => readLatencyTable(file, io));
  const engine = chooseEngine([{ kind: 'spec', spec: args.operands[0] }], args);
  if (known.length === 0 && engine !== 'onnxruntime') {
    throw usageError(
      `--table measures blocks with ONNX Runtime's profiler; the engine ${engine} calibrates a table of it: --calibrate FILE`,
      'bench',
    );
  }
  if (statOf(resolve(io.cwd, output)) && !flag(args, 'force')) {
    throw failure(`'${output}' exists; --force overwrites it`);
  }
  const spec = await openSpec(args.operands[0], io, 'bench');
  const opened = openSpace(spec, args);
  if ('diagnostics' in opened) {
    printDiagnostics(opened.diagnostics, args, io);
    if (flag(args, 'json')) printJson({ diagnostics: opened.diagnostics.map(diagnosticToJson) }, io);
    return exitCodes.diagnostics;
  }
  const { model, space, request } = opened;
  const screen = createStatusLine(args, io);
  const report = await withTemporaryFolder(async (folder): Promise<TableReport> => {
    const job: TableJob = {
      model: model.node.name.name,
      space,
      counter: createCounter(model, request, space),
      engine,
      request: { ...measureRequest(args, 1), profileFolder: folder },
      write: createNetworkWriter(spec, request, space, engine, folder, io),
      folder,
      screen,
    };
    try {
      const most = number(args, 'networks');
      if (known.length === 0) return await measuredTable(job, most, args, io);
      return await calibratedTable(job, known, most ?? calibrationNetworks, args, io);
    } finally {
      screen.clear();
    }
  });
  writeTextFile(resolve(io.cwd, output), output, `${JSON.stringify(report.table, undefined, 1)}\n`);
  printAnswer(args, io, { file: output, ...report }, (paint) => tableText(report, output, paint));
  return exitCodes.ok;
}
