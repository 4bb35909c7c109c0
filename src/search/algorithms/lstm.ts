import { nextUnit, type RandomState } from '../../weights/random.ts';

/**
 * A one-layer LSTM that reads the previous choice and gives the logits of the next, with an embedding table and an output layer
 * for each step. All parameters are in one array, so that an optimiser sees one vector.
 */
export interface Lstm {
  readonly units: number;
  /** How many logits each step gives. */
  readonly sizes: readonly number[];
  readonly parameters: Float64Array;
}

/** What a forward pass keeps of one step for the backward pass. */
interface Step {
  readonly input: number;
  /** Gates (input, forget, cell, output) after their activations, the cell's state and output. */
  readonly gates: Float64Array;
  readonly cell: Float64Array;
  readonly hidden: Float64Array;
  readonly probabilities: Float64Array;
}

interface Layout {
  /** Where the embeddings of each step's inputs begin: for the start, then for the alternatives of each step. */
  readonly embeddings: readonly number[];
  /** Gate weights, row-major [4 * units, 2 * units], and biases. */
  readonly gates: number;
  readonly biases: number;
  /** Where each step's output weights [size, units + 1] begin; the last column is the bias. */
  readonly outputs: readonly number[];
  readonly total: number;
}

function layoutOf({ units, sizes }: Pick<Lstm, 'units' | 'sizes'>): Layout {
  let at = 0;
  const take = (count: number) => {
    at += count;
    return at - count;
  };
  const embeddings = [take(units), ...sizes.slice(0, -1).map((size) => take(size * units))];
  const gates = take(8 * units * units);
  const biases = take(4 * units);
  const outputs = sizes.map((size) => take(size * (units + 1)));
  return { embeddings, gates, biases, outputs, total: at };
}

/** @param random draws the parameters, uniform in -0.1 to 0.1, as in NASNet's controller (Zoph et al., CVPR 2018) */
export function createLstm(sizes: readonly number[], units: number, random: RandomState): Lstm {
  const parameters = new Float64Array(layoutOf({ units, sizes }).total);
  for (let i = 0; i < parameters.length; i++) parameters[i] = (nextUnit(random) - 0.5) * 0.2;
  return { units, sizes, parameters };
}

/** Runs the network; `choose` picks an alternative at each step from its probabilities. */
export function runLstm(lstm: Lstm, choose: (step: number, probabilities: Float64Array) => number): Step[] {
  const { units, sizes, parameters: p } = lstm;
  const layout = layoutOf(lstm);
  const steps: Step[] = [];
  let hidden = new Float64Array(units);
  let cell = new Float64Array(units);
  let input = layout.embeddings[0] as number;
  for (const [t, size] of sizes.entries()) {
    const gates = new Float64Array(4 * units);
    for (let row = 0; row < 4 * units; row++) {
      const weights = layout.gates + row * 2 * units;
      let sum = p[layout.biases + row] as number;
      for (let k = 0; k < units; k++) {
        sum += (p[weights + k] as number) * (p[input + k] as number);
        sum += (p[weights + units + k] as number) * (hidden[k] as number);
      }
      gates[row] = row >= 2 * units && row < 3 * units ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum));
    }
    const nextCell = new Float64Array(units);
    const nextHidden = new Float64Array(units);
    for (let k = 0; k < units; k++) {
      const [i, f, g, o] = gatesAt(gates, units, k);
      nextCell[k] = f * (cell[k] as number) + i * g;
      nextHidden[k] = o * Math.tanh(nextCell[k] as number);
    }
    const probabilities = softmax(p, layout.outputs[t] as number, size, nextHidden);
    steps.push({ input, gates, cell: nextCell, hidden: nextHidden, probabilities });
    [hidden, cell] = [nextHidden, nextCell];
    input = (layout.embeddings[t + 1] ?? 0) + choose(t, probabilities) * units;
  }
  return steps;
}

function gatesAt(gates: Float64Array, units: number, k: number): readonly [number, number, number, number] {
  return [gates[k], gates[units + k], gates[2 * units + k], gates[3 * units + k]] as [number, number, number, number];
}

function softmax(p: Float64Array, weights: number, size: number, hidden: Float64Array): Float64Array {
  const units = hidden.length;
  const out = new Float64Array(size);
  let most = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < size; a++) {
    const row = weights + a * (units + 1);
    let sum = p[row + units] as number;
    for (let k = 0; k < units; k++) sum += (p[row + k] as number) * (hidden[k] as number);
    out[a] = sum;
    most = Math.max(most, sum);
  }
  let total = 0;
  for (let a = 0; a < size; a++) {
    out[a] = Math.exp((out[a] as number) - most);
    total += out[a] as number;
  }
  for (let a = 0; a < size; a++) out[a] = (out[a] as number) / total;
  return out;
}

/**
 * Adds the gradient of a function of the logits to `gradient`.
 * @param logitGradients for each step the function's derivative with respect to each logit
 */
export function backpropagate(
  lstm: Lstm,
  steps: readonly Step[],
  logitGradients: readonly Float64Array[],
  gradient: Float64Array,
): void {
  const { units, parameters: p } = lstm;
  const layout = layoutOf(lstm);
  let dHidden = new Float64Array(units);
  let dCell = new Float64Array(units);
  for (let t = steps.length - 1; t >= 0; t--) {
    const { input, gates, cell, hidden, probabilities } = steps[t] as Step;
    const before = steps[t - 1];
    for (let a = 0; a < probabilities.length; a++) {
      const d = logitGradients[t]?.[a] as number;
      const row = (layout.outputs[t] as number) + a * (units + 1);
      gradient[row + units] = (gradient[row + units] as number) + d;
      for (let k = 0; k < units; k++) {
        gradient[row + k] = (gradient[row + k] as number) + d * (hidden[k] as number);
        dHidden[k] = (dHidden[k] as number) + d * (p[row + k] as number);
      }
    }
    const dGates = new Float64Array(4 * units);
    const dCellBefore = new Float64Array(units);
    for (let k = 0; k < units; k++) {
      const [i, f, g, o] = gatesAt(gates, units, k);
      const squashed = Math.tanh(cell[k] as number);
      const dh = dHidden[k] as number;
      const dc = (dCell[k] as number) + dh * o * (1 - squashed * squashed);
      dGates[k] = dc * g * i * (1 - i);
      dGates[units + k] = dc * (before?.cell[k] ?? 0) * f * (1 - f);
      dGates[2 * units + k] = dc * i * (1 - g * g);
      dGates[3 * units + k] = dh * squashed * o * (1 - o);
      dCellBefore[k] = dc * f;
    }
    const dHiddenBefore = new Float64Array(units);
    for (let row = 0; row < 4 * units; row++) {
      const d = dGates[row] as number;
      const weights = layout.gates + row * 2 * units;
      gradient[layout.biases + row] = (gradient[layout.biases + row] as number) + d;
      for (let k = 0; k < units; k++) {
        gradient[weights + k] = (gradient[weights + k] as number) + d * (p[input + k] as number);
        gradient[input + k] = (gradient[input + k] as number) + d * (p[weights + k] as number);
        const h = before?.hidden[k] ?? 0;
        gradient[weights + units + k] = (gradient[weights + units + k] as number) + d * h;
        dHiddenBefore[k] = (dHiddenBefore[k] as number) + d * (p[weights + units + k] as number);
      }
    }
    [dHidden, dCell] = [dHiddenBefore, dCellBefore];
  }
}
