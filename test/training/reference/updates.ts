import type { StepRef, Update } from '../../../src/5-graph/training/program.ts';
import { type Doubles, mapped } from './tensor.ts';

/** Makes an update in double precision: the formulas of `Update`, number by number. */
export function updated(update: Update, value: (ref: StepRef) => Doubles, variables: Map<string, Doubles>): void {
  const scalar = (ref: StepRef) => value(ref).data[0] as number;
  const change = (name: string, next: (old: number, index: number) => number) => {
    variables.set(name, mapped(variables.get(name) as Doubles, next));
  };
  const now = (name: string, i: number) => variables.get(name)?.data[i] as number;
  switch (update.kind) {
    case 'rmsprop': {
      const g = value(update.gradient).data;
      const [rate, decay] = [scalar(update.rate), scalar(update.decay)];
      const [momentum, epsilon] = [scalar(update.momentum), scalar(update.epsilon)];
      change(update.meanSquare, (ms, i) => decay * ms + (1 - decay) * (g[i] as number) ** 2);
      change(
        update.momentumSlot,
        (mom, i) => momentum * mom + (rate * (g[i] as number)) / Math.sqrt(now(update.meanSquare, i) + epsilon),
      );
      change(update.variable, (w, i) => w - now(update.momentumSlot, i));
      return;
    }
    case 'sgd': {
      const g = value(update.gradient).data;
      const [rate, momentum] = [scalar(update.rate), scalar(update.momentum)];
      change(update.velocity, (v, i) => momentum * v + (g[i] as number));
      change(update.variable, (w, i) => {
        const v = now(update.velocity, i);
        return w - rate * (update.nesterov ? (g[i] as number) + momentum * v : v);
      });
      return;
    }
    case 'adamw': {
      const g = value(update.gradient).data;
      const [rate, b1, b2] = [scalar(update.rate), scalar(update.beta1), scalar(update.beta2)];
      const [c1, c2] = [scalar(update.correction1), scalar(update.correction2)];
      const decay = update.weightDecay ? scalar(update.weightDecay) : 0;
      const epsilon = scalar(update.epsilon);
      change(update.first, (m, i) => b1 * m + (1 - b1) * (g[i] as number));
      change(update.second, (v, i) => b2 * v + (1 - b2) * (g[i] as number) ** 2);
      change(update.variable, (w, i) => {
        const direction = now(update.first, i) / c1 / (Math.sqrt(now(update.second, i) / c2) + epsilon);
        return w - rate * decay * w - rate * direction;
      });
      return;
    }
    case 'average': {
      const source = update.value;
      const next = 'variable' in source ? variables.get(source.variable) : value(source);
      const share = typeof update.share === 'number' ? update.share : scalar(update.share);
      change(update.variable, (old, i) => share * old + (1 - share) * (next?.data[i] as number));
      return;
    }
    case 'accumulate': {
      const added = value(update.value).data;
      change(update.variable, (old, i) => old + (added[i] as number));
      return;
    }
    case 'clear':
      change(update.variable, () => 0);
  }
}
