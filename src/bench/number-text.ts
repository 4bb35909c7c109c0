/** `12.3 ms`, `0.0812 ms`. */
export function milliseconds(ms: number): string {
  return `${ms >= 1000 ? Math.round(ms) : Number(ms.toPrecision(3))} ms`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
