import { resolve } from 'node:path';
import { nodeCost } from '../../5-graph/cost.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { emit } from '../../6-emit/emit.ts';
import type { ModelForm } from '../../bench/engines.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { statOf } from '../../node/file-stat.ts';
import { ruleOf } from '../../report/point-text.ts';
import { stagesOf } from '../../report/stages.ts';
import { flag } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';
import { outputOfForm, targetOf } from './form-output.ts';
import type { Side } from './sides.ts';

/** A model to measure: an ONNX or TensorFlow Lite file, or the model.json of a TensorFlow.js model. */
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
 * The file that an operand means, or that `compile` writes of the spec that it means, which is then made.
 * @param folder where files are made. @param label how the model is called there.
 * @returns undefined where there are errors, which are printed.
 */
export async function openModel(
  side: Side,
  form: ModelForm,
  folder: string,
  label: string,
  seed: number,
  args: Arguments,
  io: Io,
): Promise<ModelFile | undefined> {
  const { spec: operand } = side;
  const file = side.modelJson ?? (side.kind === 'spec' ? undefined : operand);
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
  const { files, main } = outputOfForm(form, folder, label, name, io.cwd);
  try {
    const { diagnostics } = emit(network, await targetOf(form).load(), {}, files.open, { seed });
    printDiagnostics(diagnostics, args, io);
    if (hasErrors(diagnostics)) {
      if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
      return undefined;
    }
    files.commit();
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
