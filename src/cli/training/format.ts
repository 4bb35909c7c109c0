export { formatPercent as percent } from '../../report/format-number.ts';

/** `42 s`, `3 min 05 s`, `2 h 04 min`, `5 d 03 h` */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const units = [
    [86_400, 'd', 3_600, 'h'],
    [3_600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
  ] as const;
  const [large, name, small, rest] = units.find(([size]) => whole >= size) ?? units[2];
  const left = Math.floor((whole % large) / small);
  return `${Math.floor(whole / large)} ${name} ${String(left).padStart(2, '0')} ${rest}`;
}
