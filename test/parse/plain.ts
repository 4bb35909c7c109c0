/** A tree without its spans and comments: what a text means. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span' && key !== 'comments');
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

/** Every span in a tree. */
export function spansOf(value: unknown): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  const seen = new Set<unknown>();
  const visit = (v: unknown) => {
    if (typeof v !== 'object' || v === null || seen.has(v)) return;
    seen.add(v);
    for (const [key, inner] of Object.entries(v)) {
      if (key === 'source') continue;
      if (key === 'span') found.push(inner as { start: number; end: number });
      else visit(inner);
    }
  };
  visit(value);
  return found;
}
