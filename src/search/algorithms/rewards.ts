/**
 * MnasNet's reward (Tan et al., CVPR 2019, equation 2): accuracy times (cost / target) ^ w, where w is `within` up to the target and
 * `above` beyond. `softReward` and `hardReward` are the paper's two settings.
 */
export function mnasReward(accuracy: number, cost: number, target: number, within: number, above: number): number {
  return accuracy * (cost / target) ** (cost <= target ? within : above);
}

/** Both exponents -0.07: doubling the latency is worth 5 % of accuracy. */
export function softReward(accuracy: number, cost: number, target: number): number {
  return mnasReward(accuracy, cost, target, -0.07, -0.07);
}

/** Nothing within the target, the full ratio beyond. */
export function hardReward(accuracy: number, cost: number, target: number): number {
  return mnasReward(accuracy, cost, target, 0, -1);
}

/**
 * TuNAS's absolute reward (Bender et al., CVPR 2020, equation 2): accuracy + beta * |cost / target - 1|, whose best network is at
 * the target, where an exponent leads to cheaper or more expensive ones. @param beta below 0: the cost of being off by the whole
 * target
 */
export function absReward(accuracy: number, cost: number, target: number, beta: number): number {
  return accuracy + beta * Math.abs(cost / target - 1);
}
