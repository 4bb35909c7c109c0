import { format } from '../../1-parse/format.ts';
import { conventions } from '../../4-scale/convention.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import type { GraphNode } from '../../5-graph/graph.ts';
import { compile } from '../../compile.ts';
import { createDiagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { chooseWeights } from '../../weights/choose-weights.ts';
import { statedLabels, statedPreprocessing } from '../../weights/preprocessing-facts.ts';
import { conventionProblems, sourceConventions } from '../../weights/source-conventions.ts';
import type { ImportResult } from '../imported.ts';
import { type MemberArgument, memberCall, memberText } from '../member-text.ts';
import { createNames } from '../names.ts';
import { inputText, numberText } from '../say-op.ts';
import { recogniseTensors } from './recognise-tensors.ts';

/** The convention as a user gives it. */
export type ImportConvention = Pick<ScalingRequest, 'convention' | 'conventionSettings'>;

/**
 * Reads tensors without a network: those of a member of the library, under the names of timm, torchvision or another column of its weight map, or the library's own.
 * @param what kind of file it is: `a PyTorch checkpoint`
 * @param name what the model is called, as a file's name
 */
export function importCheckpoint(
  checkpoint: Checkpoint,
  what: string,
  name: string,
  convention: ImportConvention,
): ImportResult {
  const file = checkpoint.name;
  const known = recogniseTensors(checkpoint, name);
  if (!known) {
    const count = checkpoint.tensors.size;
    return { diagnostics: [createDiagnostic('import-tensors', undefined, { file, what, count })] };
  }
  const { member, namings, compilation, classes, others } = known;
  // timm has TensorFlow's networks, with TensorFlow's padding, under the same names as its own.
  const asked = convention.convention ?? (/(^|[^a-z])tf_/.test(name) ? 'tf' : undefined);
  const { sources } = sourceConventions(file, namings, { ...convention, ...(asked && { convention: asked }) });
  const source = sources[''];
  const { use } = namings.find(({ path }) => path === '') ?? {};
  const wanted = source && { ...conventions[source.name], ...source.settings };
  const settings: MemberArgument[] = [...(classes === undefined ? [] : [['classes', String(classes)] as const])];
  if (wanted && use) {
    const { padding, epsilon, countPad } = wanted;
    if (padding !== use.convention.padding) settings.push(['padding', String(padding)]);
    if (epsilon !== use.convention.epsilon) settings.push(['epsilon', numberText(epsilon)]);
    if (countPad !== use.convention.countPad) settings.push(['count_pad', String(countPad)]);
  }
  const call = memberCall(member, settings);
  const { graph } = compilation;
  const names = createNames();
  const stated = { ...source?.preprocessing, ...statedPreprocessing(checkpoint.metadata) };
  const inputs = graph.inputs.map((id) => {
    const { op, shapes } = graph.nodes[id] as GraphNode;
    const own = op.kind === 'input' ? op.name : '';
    return inputText(names.unique(own), shapes[0] ?? [], { ...graph.preprocessing[own], ...stated });
  });
  const { text } = format({ name: 'imported.enet', text: memberText(member, call, { name, inputs, names }) });
  const built = compile({ name: 'imported.enet', text });
  if (!built.graph || hasErrors(built.diagnostics)) {
    const reason = built.diagnostics[0]?.message ?? '';
    return { diagnostics: [createDiagnostic('import-limits', undefined, { file, reason })] };
  }
  const chosen = chooseWeights(built.program, built.graph, { checkpoint, converts: true });
  const column = namings.find((naming) => naming.column)?.column?.name ?? '';
  const diagnostics = [
    createDiagnostic('import-member', undefined, {
      file,
      call,
      column,
      others: others.map((other) => memberCall(other, [])).join(', '),
    }),
    ...conventionProblems(file, namings, asked).filter(({ code }) => code === 'weight-convention-open'),
    // Tensors that only training needs are recognised too: all tensors belong to the member.
    ...chosen.diagnostics.filter(({ code }) => !code.startsWith('weight-surplus')),
  ];
  if (!chosen.source) return { diagnostics };
  const size = { count: checkpoint.tensors.size, what: 'tensors' } as const;
  const labels = statedLabels(checkpoint.metadata);
  const imported = { text, graph: built.graph, weights: chosen.source, size, ...(labels && { labels }) };
  return { imported, diagnostics };
}
