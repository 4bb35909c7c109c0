import type { Tensor } from '@tensorflow/tfjs';
import type { StepRef } from '../../5-graph/training/program.ts';

/** The values of a running function, freed when released. */
export interface Values {
  readonly get: (ref: StepRef) => Tensor;
  readonly set: (node: number, outputs: readonly Tensor[]) => void;
  readonly free: (refs: readonly StepRef[]) => void;
  readonly freeAll: () => void;
}

/** Starts without any. */
export function createValues(): Values {
  const held = new Map<number, (Tensor | undefined)[]>();
  return {
    get({ node, output }) {
      const tensor = held.get(node)?.[output];
      if (!tensor) throw new Error(`the step reads output ${output} of its node ${node}, which it does not hold`);
      return tensor;
    },
    set: (node, outputs) => void held.set(node, [...outputs]),
    free(refs) {
      for (const { node, output } of refs) {
        const outputs = held.get(node);
        outputs?.[output]?.dispose();
        if (outputs) outputs[output] = undefined;
        if (outputs?.every((tensor) => tensor === undefined)) held.delete(node);
      }
    },
    freeAll() {
      for (const outputs of held.values()) for (const tensor of outputs) tensor?.dispose();
      held.clear();
    },
  };
}
