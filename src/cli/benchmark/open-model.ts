import { join, resolve } from 'node:path';
import { emit } from '../../6-emit/emit.ts';
import { onnxTarget } from '../../6-emit/onnx/target.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { statOf } from '../../node/file-stat.ts';
import { ruleOf } from '../../report/point-text.ts';
import { flag } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';
import { createOutputFiles } from '../output-files.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';
import type { SpecPoint } from '../spec-point.ts';

/** A model to measure, as an ONNX file. */
export interface ModelFile {
  /** For people. */
  readonly name: string;
  /** As the user calls it. */
  readonly shown: string;
  readonly path: string;
}

/** Whether an operand means an ONNX file, and not a spec. */
export function isOnnxFile({ spec }: SpecPoint): boolean {
  return spec !== undefined && /\.onnx$/i.test(spec);
}

/**
 * The ONNX file that an operand means, or that `compile` writes of the spec that it means, which is then made.
 * @param folder where files are made. @param label how the file is called there.
 * @returns undefined where there are errors, which are printed.
 */
export async function openModel(
  side: SpecPoint,
  folder: string,
  label: string,
  seed: number,
  args: Arguments,
  io: Io,
): Promise<ModelFile | undefined> {
  const { spec: operand } = side;
  if (operand !== undefined && isOnnxFile(side)) {
    const path = resolve(io.cwd, operand);
    if (!statOf(path)) throw usageError(`there is no file '${operand}'`, 'bench');
    return { name: operand, shown: operand, path };
  }
  const opened = buildNetwork(await openSpec(operand, io, 'bench'), args, io, side.point);
  if (!opened) return undefined;
  const { network } = opened;
  const called = operand === undefined || operand === '-' ? network.point.model : operand;
  const name = `${called} (${ruleOf(network.point)})`;
  const path = join(folder, `${label}.onnx`);
  const files = createOutputFiles(path, name);
  try {
    const { diagnostics } = emit(network, onnxTarget, {}, files.open, { seed });
    printDiagnostics(diagnostics, args, io);
    if (hasErrors(diagnostics)) {
      if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
      return undefined;
    }
    files.commit();
    return { name, shown: name, path };
  } finally {
    files.discard();
  }
}
