/** Names in quotes, the first five of them. */
export function quotedNames(names: readonly string[]): string {
  const shown = names
    .slice(0, 5)
    .map((name) => `'${name}'`)
    .join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** A name without differences that people overlook: case and surrounding blanks. */
export function looseName(name: string): string {
  return name.normalize().trim().toLowerCase();
}
