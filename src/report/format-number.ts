/** How numbers are written in reports: three or four significant digits with a unit, and exact ones with separators. */

const decimalUnits = ['', ' k', ' M', ' G', ' T', ' P'];
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `5.29 M`, `386 M`, `0`: parameters and multiply-accumulates. */
export function formatCount(value: number): string {
  return scaled(value, 1000, decimalUnits, '');
}

/** `4.59 MiB`: memory and files. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, binaryUnits, ' ');
}

/** `12.3 ms`, `0.0812 ms`. */
export function formatMilliseconds(ms: number): string {
  return `${ms >= 1000 ? Math.round(ms) : Number(ms.toPrecision(3))} ms`;
}

/** `5,288,548`. */
export function formatExact(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** `1.6`, `2.488`, `0.25`: a factor or a ratio, with at most `digits` decimals. */
export function formatFactor(value: number, digits = 3): string {
  return String(Number(value.toFixed(digits)));
}

/** `×2.41`: how many times as much `to` is as `from`; empty if that is meaningless. */
export function formatRatio(from: number, to: number): string {
  if (from === to || from === 0 || to === 0) return '';
  const ratio = to / from;
  return `×${ratio >= 100 ? Math.round(ratio) : Number(ratio.toPrecision(3))}`;
}

/** `97.31 %`. */
export function formatPercent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** `24 × 56 × 56`. */
export function formatShape(shape: readonly number[], separator = ' × '): string {
  return shape.join(separator);
}

function scaled(value: number, step: number, units: readonly string[], space: string): string {
  let unit = 0;
  let n = value;
  // 999.6 would be written as 1000, so it already takes the next unit.
  while (n >= step - 0.5 && unit < units.length - 1) {
    n /= step;
    unit++;
  }
  const digits = unit === 0 ? 0 : n >= 100 ? 0 : n >= 10 ? 1 : 2;
  return `${n.toFixed(digits)}${space}${units[unit]}`;
}
