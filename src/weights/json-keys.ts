/**
 * The first key that occurs twice in an object of a JSON text, down to `depth` objects deep, or undefined. `JSON.parse` takes
 * the last of them silently, other readers take the first, so that one file would mean two things.
 * @param text valid JSON.
 */
export function duplicateKey(text: string, depth: number): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x7b || c === 0x5b) {
      open.push(c === 0x7b && open.length < depth ? new Set() : undefined);
    } else if (c === 0x7d || c === 0x5d) {
      open.pop();
    } else if (c === 0x22) {
      const start = i;
      for (i++; text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
      const keys = open[open.length - 1];
      if (!keys || !isKey(text, i + 1)) continue;
      const key = JSON.parse(text.slice(start, i + 1)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** Whether the string that ends here is a key: a colon follows. */
function isKey(text: string, at: number): boolean {
  while (/\s/.test(text.charAt(at))) at++;
  return text.charAt(at) === ':';
}
