const decimal: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, b: 1e9, t: 1e12 };
const bytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

const times: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1000 };

/** `400M`, `5.3 M`, `1.8G`, `386814752` as a number above 0; undefined if it is none. */
export function parseCount(text: string): number | undefined {
  return parse(text, decimal);
}

/** `20ms`, `1.5 s`, `800us` as a number of milliseconds above 0; undefined if it is none, or has no unit. */
export function parseTime(text: string): number | undefined {
  return parse(text, times);
}

/** `16MB` (10^6 bytes), `64 MiB` (2^20 bytes), `1048576` as a number of bytes above 0; undefined if it is none. */
export function parseBytes(text: string): number | undefined {
  return parse(text, bytes);
}

function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d*)?|\.\d+) ?([a-z]*)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  const value = Number(digits || Number.NaN) * (factor ?? Number.NaN);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
