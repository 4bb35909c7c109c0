/** One entry of the catalog. */
export interface Entry<Args> {
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence: what is wrong and what would be right. */
  message(args: Args): string;
  /** Markdown: why it is so, an example that has it and how to fix it. */
  readonly explanation: string;
}

/** A count as people read it: `400,000`; in powers of ten where it has no end of digits. */
export function grouped(count: number): string {
  return Math.abs(count) < 1e15 ? count.toLocaleString('en-GB') : String(count);
}

export function error<Args>(message: (args: Args) => string, explanation: string): Entry<Args> {
  return { severity: 'error', message, explanation };
}

export function warning<Args>(message: (args: Args) => string, explanation: string): Entry<Args> {
  return { severity: 'warning', message, explanation };
}

export function info<Args>(message: (args: Args) => string, explanation: string): Entry<Args> {
  return { severity: 'info', message, explanation };
}
