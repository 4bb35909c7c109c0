import { withoutAuxiliary } from '../../../5-graph/passes/remove-unreached.ts';
import { hasErrors } from '../../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../../diagnostics/json.ts';
import { nearestNames } from '../../../diagnostics/nearest.ts';
import { nounFor } from '../../../diagnostics/noun-for.ts';
import { safeText } from '../../../diagnostics/text-width.ts';
import { describePoint } from '../../../report/point-text.ts';
import type { Checkpoint } from '../../../weights/checkpoint.ts';
import { chooseWeights, nameTensors } from '../../../weights/choose-weights.ts';
import { matchCheckpoint } from '../../../weights/match-checkpoint.ts';
import { requiredTensors } from '../../../weights/required-tensors.ts';
import { text } from '../../arguments.ts';
import { type OpenedNetwork, openNetwork } from '../../build-network.ts';
import { exitCodes } from '../../io.ts';
import { openNamed } from '../../open-weights.ts';
import { scalingOptions } from '../../options.ts';
import { printAnswer, printDiagnostics } from '../../print-diagnostics.ts';
import { weightsRequest } from '../../weights-request.ts';
import type { WeightsAction } from './action.ts';

/** `enetc weights verify FILE [spec]`: whether a file has what a network needs. */
export const verifyAction: WeightsAction = {
  name: 'verify',
  operands: 'FILE [spec]',
  least: 1,
  most: 2,
  options: [
    ...scalingOptions.map(({ name }) => name),
    'classes',
    'outputs',
    'weights-key',
    'weights-map',
    'map',
    'allow-missing',
    'allow-unsound',
    'quiet',
  ],
  async run(args, io) {
    const [file = '', ...operands] = args.operands;
    const opened = await openNetwork({ ...args, operands }, io);
    if (!opened) return exitCodes.diagnostics;
    const { network } = opened;
    const { checkpoint, diagnostics: opening, close } = await openNamed(file, io, text(args, 'weights-key'));
    try {
      const graph = withoutAuxiliary(network.graph);
      const request = { trained: network.graph, ...weightsRequest(args, opened, checkpoint), converts: true };
      const chosen = checkpoint ? chooseWeights(network.program, graph, request) : undefined;
      const reported = [...opening, ...(chosen?.diagnostics ?? [])];
      const fits = chosen?.source !== undefined && !hasErrors(reported);
      printDiagnostics(reported, args, io);
      const facts = checkpoint ? matchFacts(opened, checkpoint, text(args, 'weights-map')) : {};
      const diagnostics = [...network.diagnostics, ...reported].map(diagnosticToJson);
      printAnswer(args, io, { file, fits, ...facts, diagnostics }, (paint) => {
        const model = `${network.point.model}, ${describePoint(network.point)}`;
        const count = [...requiredTensors(graph)].length;
        const isInitialised = reported.some(({ code }) => code === 'weight-initialised');
        const initialised = isInitialised ? ', but for those that are initialised' : '';
        const good = `${safeText(file)} has all ${count} ${nounFor(count, 'tensor')} of ${model}${initialised}`;
        return `${fits ? paint.good(good) : paint.bad(`${safeText(file)} does not fit ${model}`)}\n`;
      });
      return fits ? exitCodes.ok : exitCodes.diagnostics;
    } finally {
      close();
    }
  },
};

/** All that fits and does not, for machines; a network's auxiliary outputs included. */
function matchFacts({ network }: OpenedNetwork, checkpoint: Checkpoint, map: string | undefined): object {
  const { program, graph } = network;
  const named = nameTensors(program, graph, checkpoint, map);
  if (!named.view) return {};
  const tensors = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const { names, missing, misshapen, surplus } = matchCheckpoint(tensors, named.view.tensors, named.namings);
  const columns = new Set(named.namings.flatMap(({ column }) => column?.name ?? []));
  const sought = missing.flatMap(({ wanted }) => wanted);
  const nearest = (name: string, among: readonly string[]) => nearestNames(name, among)[0] ?? null;
  return {
    names: [...columns],
    fitting: names.size,
    missing: missing.map(({ tensor, wanted }) => ({
      tensor: tensor.name,
      names: wanted,
      nearest: nearest(wanted[0] ?? tensor.name, surplus),
    })),
    misshapen: misshapen.map(({ tensor, names: there, found }) => ({
      tensor: tensor.name,
      shape: tensor.shape,
      names: there,
      found: found ?? null,
    })),
    surplus: surplus.map((name) => ({ name, nearest: nearest(name, sought) })),
  };
}
