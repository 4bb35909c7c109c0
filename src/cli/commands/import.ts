import { resolve } from 'node:path';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import type { Imported } from '../../import/imported.ts';
import { statOf } from '../../node/file-stat.ts';
import { formatBytes } from '../../report/format-number.ts';
import { exportedValues, ownNames } from '../../weights/export-names.ts';
import { labelFacts } from '../../weights/preprocessing-facts.ts';
import { safetensorsSteps } from '../../weights/write-safetensors.ts';
import { flag, text } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { askedConvention } from '../convention-option.ts';
import { importedName, importFile } from '../import-file.ts';
import { inTurns } from '../in-turns.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { createOutputFiles } from '../output-files.ts';
import { askedOutputs } from '../outputs-option.ts';
import { safetensorsFile } from '../own-outputs.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { refuseFile } from '../refuse-overwriting.ts';
import { askedSize } from '../scaling-request.ts';

/** `enetc import <file>` */
export const importCommand: RunCommand = async (args, io) => {
  const [path] = args.operands;
  if (path === undefined) throw usageError('import needs a file of a network', 'import');
  const name = importedName(path);
  const spec = text(args, 'output') ?? `${name}.enet`;
  if (!spec.endsWith('.enet')) throw usageError(`'${spec}' is not the name of a spec, which ends with .enet`, 'import');
  const image = askedSize(args);
  const outputs = askedOutputs(args);
  const { imported, diagnostics, close } = await importFile(path, io, {
    ...askedConvention(args),
    ...(image && { image }),
    ...(outputs && { outputs }),
    cut: flag(args, 'cut'),
  });
  try {
    printDiagnostics(diagnostics, args, io);
    const facts = imported && !hasErrors(diagnostics) ? await write(imported, path, spec, args, io) : undefined;
    if (flag(args, 'json')) printJson({ ...facts, diagnostics: diagnostics.map(diagnosticToJson) }, io);
    return facts ? exitCodes.ok : exitCodes.diagnostics;
  } finally {
    close();
  }
};

/** Writes the spec, and its weights where it has some; what `--json` says of them. */
async function write(
  { text: spec, graph, weights, size, labels }: Imported,
  from: string,
  name: string,
  args: Arguments,
  io: Io,
) {
  const weightsName = name.replace(/\.enet$/, '.safetensors');
  const force = flag(args, 'force');
  const [path, weightsPath] = [resolve(io.cwd, name), resolve(io.cwd, weightsName)];
  if (statOf(path) && !force) throw failure(`'${name}' exists; --force overwrites it`);
  if (weights) {
    refuseFile({ path: weightsPath, shown: weightsName, inputs: [resolve(io.cwd, from)], force }, safetensorsFile);
  }
  const weightFiles = createOutputFiles(weightsPath, weightsName);
  const specFiles = createOutputFiles(path, name);
  try {
    const tensors = ownNames(graph);
    const metadata = { format: 'pt', producer: 'enetc', ...Object.fromEntries(labelFacts(labels)) };
    const bytes =
      weights &&
      (await inTurns(safetensorsSteps(weightFiles.open('').sink, tensors, exportedValues(weights), { metadata })));
    specFiles.open('').sink.write(new TextEncoder().encode(spec));
    if (weights) weightFiles.commit();
    specFiles.commit();
    const lines = spec.trimEnd().split('\n').length;
    const [shown, shownWeights] = [safeText(name), safeText(weightsName)];
    if (!flag(args, 'json') && !flag(args, 'quiet')) {
      io.stdout.write(`${shown}  ${lines} lines for ${size.count} ${size.what}\n`);
      if (bytes !== undefined) io.stdout.write(`${shownWeights}  ${formatBytes(bytes)} · ${tensors.length} tensors\n`);
      io.stdout.write(`next:\n  enetc summary ${shown}\n`);
      io.stdout.write(`  enetc compile ${shown}${bytes === undefined ? '' : ` --weights ${shownWeights}`}\n`);
    }
    const written = bytes === undefined ? {} : { weights: weightsName, tensors: tensors.length, bytes };
    return { file: name, lines, [size.what === 'tensors' ? 'fileTensors' : size.what]: size.count, ...written };
  } finally {
    weightFiles.discard();
    specFiles.discard();
  }
}
