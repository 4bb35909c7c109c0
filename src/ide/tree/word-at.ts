/** The start of the letters, digits and '_' that end at an offset. */
export function wordStart(text: string, offset: number): number {
  let at = offset;
  while (isWordCode(text.charCodeAt(at - 1))) at--;
  return at;
}

/** The end of the letters, digits and '_' that start at an offset. */
export function wordEnd(text: string, offset: number): number {
  let at = offset;
  while (isWordCode(text.charCodeAt(at))) at++;
  return at;
}

/** The start of the name that ends at an offset, dotted or not and perhaps followed by a dot; the offset where there is none. */
export function pathStart(text: string, offset: number): number {
  let start = offset;
  let end = text[offset - 1] === '.' ? offset - 1 : offset;
  for (;;) {
    const from = text[end - 1] === '*' ? end - 1 : wordStart(text, end);
    if (from === end) return start;
    // a path starts with a name, its other parts may be numbers and stars
    const name = text.slice(from, end).search(/[A-Za-z_]/);
    if (name >= 0) start = from + name;
    if (text[from - 1] !== '.') return start;
    end = from - 1;
  }
}

function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}
