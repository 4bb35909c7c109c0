/** What an action gives, or undefined where it throws: for files that may be missing, unreadable or of any content. */
export function orUndefined<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
