import { nextUnit, type RandomState, randomState } from '../../weights/random.ts';
import { backpropagate, createLstm, type Lstm, runLstm } from './lstm.ts';
import type { Parts, Searcher, Selection } from './searcher.ts';

export interface ControllerOptions {
  /** Units of the LSTM: 100 by default. */
  readonly units?: number;
  /** Rate of Adam: 3.5e-4 by default. */
  readonly rate?: number;
  /** Weight of the policy's entropy: 1e-5 by default. */
  readonly entropy?: number;
  /** The decay of the average of rewards at each update: 0.95 by default. */
  readonly baseline?: number;
  /** Candidates per update: 20 by default. */
  readonly batch?: number;
  /** How often an update goes over its candidates, and how far a probability may move: PPO's, 4 and 0.2 by default. */
  readonly passes?: number;
  readonly clip?: number;
}

interface Played {
  readonly selection: Selection;
  readonly reward: number;
  readonly logProbability: number;
}

/**
 * MnasNet's search (Tan et al., CVPR 2019; settings of NASNet's controller, Zoph et al., CVPR 2018): a one-layer LSTM chooses
 * alternative after alternative, and proximal policy optimisation (Schulman et al., 2017, equation 7) makes those that are better than
 * the moving average of the rewards more likely. The papers do not say how often PPO goes over a batch, nor its clipping.
 */
export function createController({ sizes }: Parts, seed: number, options: ControllerOptions = {}): Searcher {
  const { units = 100, baseline: kept = 0.95, batch = 20 } = options;
  const random = randomState(seed, 'controller');
  const lstm = createLstm(sizes, units, random);
  const adam = createAdam(lstm.parameters, options.rate ?? 3.5e-4);
  let baseline: number | undefined;
  let played: Played[] = [];
  return {
    propose() {
      const selection: number[] = [];
      runLstm(lstm, (_, probabilities) => {
        const chosen = draw(probabilities, random);
        selection.push(chosen);
        return chosen;
      });
      return selection;
    },
    learn(selection, [reward = 0]) {
      // the parameters are those that it was proposed with, unless proposals stay open across an update
      played.push({ selection, reward, logProbability: play(lstm, selection).logProbability });
      if (played.length < batch) return;
      const average = played.reduce((sum, one) => sum + one.reward, 0) / played.length;
      baseline = baseline === undefined ? average : kept * baseline + (1 - kept) * average;
      update(lstm, adam, played, baseline, options);
      played = [];
    },
  };
}

function draw(probabilities: Float64Array, random: RandomState): number {
  let left = nextUnit(random);
  for (let a = 0; a < probabilities.length - 1; a++) {
    left -= probabilities[a] as number;
    if (left < 0) return a;
  }
  return probabilities.length - 1;
}

function play(lstm: Lstm, selection: Selection) {
  const steps = runLstm(lstm, (t) => selection[t] as number);
  const logProbability = steps.reduce(
    (sum, { probabilities }, t) => sum + Math.log(probabilities[selection[t] as number] as number),
    0,
  );
  return { steps, logProbability };
}

function update(lstm: Lstm, adam: Adam, played: readonly Played[], baseline: number, options: ControllerOptions): void {
  const { entropy = 1e-5, passes = 4, clip = 0.2 } = options;
  for (let pass = 0; pass < passes; pass++) {
    const gradient = new Float64Array(lstm.parameters.length);
    for (const { selection, reward, logProbability: before } of played) {
      const { steps, logProbability } = play(lstm, selection);
      const advantage = reward - baseline;
      const ratio = Math.exp(logProbability - before);
      const isClipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      const weight = isClipped ? 0 : ratio * advantage;
      const logits = steps.map(({ probabilities }, t) => {
        const logs = probabilities.map((q) => Math.log(Math.max(q, 1e-300)));
        const spread = -probabilities.reduce((sum, q, a) => sum + q * (logs[a] as number), 0);
        // ascent on weight * log p(chosen) + entropy * H, so that the gradient that Adam descends has its sign turned
        return probabilities.map((q, a) => {
          const policy = weight * ((a === selection[t] ? 1 : 0) - q);
          return -(policy - entropy * q * ((logs[a] as number) + spread)) / played.length;
        });
      });
      backpropagate(lstm, steps, logits, gradient);
    }
    adam.step(gradient);
  }
}

interface Adam {
  step(gradient: Float64Array): void;
}

/** Adam (Kingma & Ba, 2015) with its usual decays. */
function createAdam(parameters: Float64Array, rate: number): Adam {
  const first = new Float64Array(parameters.length);
  const second = new Float64Array(parameters.length);
  let steps = 0;
  return {
    step(gradient) {
      steps++;
      const scale = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i] as number;
        const m = 0.9 * (first[i] as number) + 0.1 * g;
        const v = 0.999 * (second[i] as number) + 0.001 * g * g;
        first[i] = m;
        second[i] = v;
        parameters[i] = (parameters[i] as number) - (scale * m) / (Math.sqrt(v) + 1e-8);
      }
    },
  };
}
