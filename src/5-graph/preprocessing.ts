import { firstStated, type Interpolation, type Preprocessing } from '../4-scale/preprocessing.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { GraphNode, Normalisation } from './graph.ts';

/** How a picture becomes a network's input, with every default put in. */
export interface ResolvedPreprocessing extends Normalisation {
  /** Absent where it depends on the picture: see `evaluationFraming`. */
  readonly crop?: number;
  readonly interpolation: Interpolation;
}

/** The default normalisation by channels: ImageNet's for colour, as used for most published weights. */
export const defaultNormalisation: Readonly<Record<1 | 3, Normalisation>> = {
  1: { mean: [0.5], std: [0.5] },
  3: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

/** What is stated of the pictures of an input, completed. */
export function resolvePreprocessing(channels: 1 | 3, stated: Preprocessing | undefined): ResolvedPreprocessing {
  return { interpolation: 'bicubic', ...defaultNormalisation[channels], ...stated };
}

/**
 * The facts about the pictures of each input: from the request, the weights, the spec. Those of weights for another number of channels are ignored; in a request they are an error.
 * @param inputs of the network.
 * @param stated by the spec.
 */
export function choosePreprocessing(
  inputs: readonly GraphNode[],
  stated: ReadonlyMap<string, Preprocessing>,
  { preprocessing, weightsPreprocessing }: Pick<ScalingRequest, 'preprocessing' | 'weightsPreprocessing'>,
): { readonly preprocessing: Readonly<Record<string, Preprocessing>>; readonly diagnostics: readonly Diagnostic[] } {
  const chosen: Record<string, Preprocessing> = {};
  const diagnostics: Diagnostic[] = [];
  for (const { op, shapes, span } of inputs) {
    if (op.kind !== 'input') continue;
    const channels = shapes[0]?.[0] ?? 0;
    const asked = spread(preprocessing, channels);
    const problem = (['mean', 'std'] as const).find((key) => asked?.[key] && asked[key].length !== channels);
    if (problem) {
      const data = { option: `--${problem}`, input: op.name, channels, given: asked?.[problem]?.length ?? 0 };
      diagnostics.push(createDiagnostic('normalisation-channels', span, data));
    }
    const fits = [weightsPreprocessing?.mean, weightsPreprocessing?.std].every((n) => !n || n.length === channels);
    const all = firstStated(asked, fits ? weightsPreprocessing : undefined, stated.get(op.name));
    if (all) chosen[op.name] = all;
  }
  return { preprocessing: chosen, diagnostics };
}

/** A single number applies to all channels. */
function spread(asked: Preprocessing | undefined, channels: number): Preprocessing | undefined {
  const all = (numbers: readonly number[] | undefined) =>
    numbers?.length === 1 ? Array.from({ length: channels }, () => numbers[0] as number) : numbers;
  const [mean, std] = [all(asked?.mean), all(asked?.std)];
  return asked && { ...asked, ...(mean && { mean }), ...(std && { std }) };
}
