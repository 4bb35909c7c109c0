const before = 'enet: the step ends here because ';
const after = ' is not a finite number';

/** The text in TensorFlow's report when a guard of a step is not finite. */
export function guardMessage(guard: string): string {
  return `${before}${guard}${after}`;
}

/** The guard that an error of TensorFlow's names, or undefined if the error is another. */
export function guardInMessage(message: string): string | undefined {
  const [, rest] = message.split(before);
  return rest?.split(after)[0];
}
