import { existsSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { withoutAuxiliary } from '../../5-graph/passes/remove-unreached.ts';
import type { BackendRequest } from '../../backends/backend.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { statOf } from '../../node/file-stat.ts';
import type { Classifier } from '../../predict/classifier.ts';
import type { AskedOfFile } from '../../predict/file-image.ts';
import { openLiteClassifier } from '../../predict/open-lite.ts';
import { openNetworkClassifier } from '../../predict/open-network.ts';
import { openOnnxClassifier } from '../../predict/open-onnx.ts';
import { openTfjsClassifier } from '../../predict/open-tfjs.ts';
import { hasPictureEnding } from '../../train/data/list-folder.ts';
import { chooseWeights } from '../../weights/choose-weights.ts';
import { statedRanges } from '../../weights/range-facts.ts';
import { flag, text } from '../arguments.ts';
import { askedPreprocessing } from '../asked-preprocessing.ts';
import { buildNetwork, buildRun } from '../build-network.ts';
import type { Arguments } from '../command.ts';
import { isForeign } from '../import-file.ts';
import { type Io, usageError } from '../io.ts';
import { openMapped } from '../mapped-spec.ts';
import { refuseScaling } from '../open-run.ts';
import { openWeights } from '../open-weights.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { askedSize } from '../scaling-request.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';

/** What the first operand of `predict` is. */
type NetworkKind = 'onnx' | 'tflite' | 'tfjs' | 'run' | 'spec';

/**
 * Opens the network that the first operand names: a spec with `--weights`, a run, a file of ONNX or TensorFlow Lite, or a TensorFlow.js model. Undefined if
 * it does not compile, or its weights do not fit, which is printed.
 */
export async function openClassifier(args: Arguments, io: Io): Promise<Classifier | undefined> {
  const [operand] = args.operands;
  if (operand === undefined) throw usageError('predict takes a network and pictures', 'predict');
  const { kind, path } = kindOf(operand, io);
  const backend = (text(args, 'backend') ?? 'auto') as BackendRequest;
  if (kind === 'onnx' || kind === 'tflite' || kind === 'tfjs') {
    refuseNetworkOptions(args, operand);
    const preprocessing = askedPreprocessing(args);
    const size = askedSize(args);
    const asked: AskedOfFile = { ...(preprocessing && { preprocessing }), ...(size && { size }) };
    if (kind === 'onnx') return openOnnxClassifier(path, asked, io);
    return kind === 'tflite' ? openLiteClassifier(path, asked, io) : openTfjsClassifier(path, asked, backend, io);
  }
  requireWeights(args);
  if (kind === 'spec' && !flag(args, 'weights')) {
    if (isForeign(operand, io.cwd))
      throw usageError(`'${operand}' is not a spec: 'enetc import' writes one, and its weights`, 'predict');
    throw usageError(`--weights is missing: what '${operand}' has learnt`, 'predict');
  }
  const opened =
    kind === 'run' ? buildRun(operand, args, io) : buildNetwork(await openMapped(operand, args, io), args, io);
  if (!opened) return undefined;
  const weights = await openWeights(opened, args, io);
  try {
    const { network, checkpoint, labels } = weights;
    const graph = withoutAuxiliary(network.graph);
    const chosen = hasErrors(weights.diagnostics)
      ? undefined
      : chooseWeights(network.program, graph, { ...weightsRequest(args, opened, checkpoint), trained: network.graph });
    printDiagnostics([...weights.diagnostics, ...(chosen?.diagnostics ?? [])], args, io);
    if (!chosen?.source) return undefined;
    const name = text(args, 'weights') ?? opened.weights ?? '';
    const held = { source: chosen.source, ranges: checkpoint && statedRanges(checkpoint.metadata) };
    return await openNetworkClassifier({ ...network, graph }, held, name, labels, backend, io);
  } finally {
    weights.close();
  }
}

function kindOf(operand: string, { cwd }: Io): { readonly kind: NetworkKind; readonly path: string } {
  const absolute = resolve(cwd, operand);
  const stat = statOf(absolute);
  if (stat?.isDirectory()) {
    if (existsSync(join(absolute, 'model.json'))) return { kind: 'tfjs', path: join(operand, 'model.json') };
    if (existsSync(join(absolute, 'config.json'))) return { kind: 'run', path: operand };
    throw usageError(
      `'${operand}' is a folder without a model.json or a run: a network comes first, then pictures`,
      'predict',
    );
  }
  const ending = extname(operand).toLowerCase();
  if (ending === '.onnx') return { kind: 'onnx', path: operand };
  if (ending === '.tflite') return { kind: 'tflite', path: operand };
  if (ending === '.json') return { kind: 'tfjs', path: operand };
  if (stat && hasPictureEnding(operand)) {
    throw usageError(`'${operand}' is a picture: a network comes first, then pictures`, 'predict');
  }
  return { kind: 'spec', path: operand };
}

/** A file is a whole network: it has its own weights and its own point. */
function refuseNetworkOptions(args: Arguments, operand: string): void {
  refuseScaling(args, 'resolution');
  for (const name of ['weights', 'weights-key', 'weights-map']) {
    if (flag(args, name)) throw usageError(`--${name} cannot be given: '${operand}' has its own weights`, 'predict');
  }
}
