import type { StepRef, Update } from './program.ts';

/** An update with each value that it reads changed. */
export function mapRefs(update: Update, change: (ref: StepRef) => StepRef): Update {
  const isRef = (value: unknown): value is StepRef => typeof value === 'object' && value !== null && 'node' in value;
  const entries = Object.entries(update).map(([key, value]) => [key, isRef(value) ? change(value) : value]);
  return Object.fromEntries(entries) as unknown as Update;
}
