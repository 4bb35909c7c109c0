/** A text inside of markup or an attribute. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Attributes, those that are undefined left out. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeText(typeof value === 'number' ? round(value) : String(value))}"`)
    .join('');
}

/** A text of a drawing. */
export function svgText(x: number, y: number, text: string, className: string): string {
  return `<text${attributes({ x, y, class: className })}>${escapeText(text)}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
