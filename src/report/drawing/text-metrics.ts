/** Widths of Helvetica's printable ASCII characters in thousandths of the font size, from its AFM file; 32 is first. */
const helvetica = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];

/** Bold letters are about this much wider. */
const boldFactor = 1.07;

/** The width of a text in the drawing's units. Substitutes for Helvetica have nearly the same widths. */
export function textLength(text: string, size: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    thousandths += helvetica[code - 32] ?? (code < 0x2000 ? 584 : 1000);
  }
  return (thousandths / 1000) * size * (bold ? boldFactor : 1);
}

/** The text, cut with an ellipsis where it is longer than `width`. */
export function fitText(text: string, width: number, size: number, bold = false): string {
  if (textLength(text, size, bold) <= width) return text;
  let kept = [...text].slice(0, 400);
  while (kept.length > 1 && textLength(`${kept.join('')}…`, size, bold) > width) kept = kept.slice(0, -1);
  return `${kept.join('').trimEnd()}…`;
}

/** The text, cut at its start: for paths, whose end is more informative. */
export function fitTextEnd(text: string, width: number, size: number): string {
  if (textLength(text, size) <= width) return text;
  let kept = [...text].slice(-400);
  while (kept.length > 1 && textLength(`…${kept.join('')}`, size) > width) kept = kept.slice(1);
  return `…${kept.join('')}`;
}
