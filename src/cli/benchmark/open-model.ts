import { join, resolve } from 'node:path';
import { nodeCost } from '../../5-graph/cost.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { emit } from '../../6-emit/emit.ts';
import { targets } from '../../6-emit/targets.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { statOf } from '../../node/file-stat.ts';
import { ruleOf } from '../../report/point-text.ts';
import { stagesOf } from '../../report/stages.ts';
import { flag } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';
import { createOutputFiles } from '../output-files.ts';
import { createOutputFolder } from '../output-folder.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';
import type { Side } from './sides.ts';

/** A model to measure: an ONNX file, or the model.json of a TensorFlow.js model. */
export interface ModelFile {
  /** For people. */
  readonly name: string;
  /** As the user calls it. */
  readonly shown: string;
  readonly path: string;
  /** Of a spec: its stages with their multiply-accumulates. */
  readonly stages?: readonly { readonly id: string; readonly macs: number }[];
}

/**
 * The file that an operand means, or that `compile` writes of the spec that it means, which is then made: an ONNX file, or a
 * graph model, which TensorFlow.js runs faster than a layers model.
 * @param folder where files are made. @param label how the model is called there.
 * @returns undefined where there are errors, which are printed.
 */
export async function openModel(
  side: Side,
  form: 'onnx' | 'tfjs',
  folder: string,
  label: string,
  seed: number,
  args: Arguments,
  io: Io,
): Promise<ModelFile | undefined> {
  const { spec: operand } = side;
  const file = side.modelJson ?? (side.kind === 'onnx' ? operand : undefined);
  if (file !== undefined) {
    const path = resolve(io.cwd, file);
    if (!statOf(path)) throw usageError(`there is no file '${file}'`, 'bench');
    return { name: operand ?? file, shown: file, path };
  }
  const opened = buildNetwork(await openSpec(operand, io, 'bench'), args, io, side.point);
  if (!opened) return undefined;
  const { network } = opened;
  const called = operand === undefined || operand === '-' ? network.point.model : operand;
  const name = `${called} (${ruleOf(network.point)})`;
  const path = join(folder, form === 'onnx' ? `${label}.onnx` : label);
  const files = form === 'onnx' ? createOutputFiles(path, name) : createOutputFolder(path, name, io.cwd);
  const entry = targets.find(({ runtime }) => runtime === (form === 'onnx' ? 'onnxruntime' : 'tfjs-graph'));
  if (!entry) throw new Error(`there is no target for ${form}`);
  try {
    const { diagnostics } = emit(network, await entry.load(), {}, files.open, { seed });
    printDiagnostics(diagnostics, args, io);
    if (hasErrors(diagnostics)) {
      if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
      return undefined;
    }
    files.commit();
    const main = form === 'onnx' ? path : join(path, 'model.json');
    return { name, shown: name, path: main, stages: stageCosts(network.graph) };
  } finally {
    files.discard();
  }
}

function stageCosts(graph: Graph): ModelFile['stages'] {
  return stagesOf(graph).map(({ id, nodes }) => ({
    id,
    macs: nodes.reduce((sum, node) => sum + nodeCost(graph, node).macs, 0),
  }));
}
