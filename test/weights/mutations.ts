import fc from 'fast-check';

/** How many files are tried: some in CI, more on request (`ENET_MUTATIONS=50000`). */
export const mutationRuns = Number(process.env.ENET_MUTATIONS ?? 400);

/** Damaged copies of a file: bytes changed, a part left out, doubled or moved, the end cut off. */
export function mutated(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(Math.max(original.length - 1, 0));
  const edit = fc.oneof(
    fc.tuple(fc.constant('set' as const), at, fc.nat(255)),
    fc.tuple(fc.constant('flip' as const), at, fc.nat(7)),
    fc.tuple(fc.constant('large' as const), at, fc.constantFrom(0, 0x7f, 0x80, 0xff)),
    fc.tuple(fc.constant('cut' as const), at, fc.nat(64)),
    fc.tuple(fc.constant('double' as const), at, fc.nat(64)),
    fc.tuple(fc.constant('end' as const), at, fc.constant(0)),
  );
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => {
    let bytes = Uint8Array.from(original);
    for (const [kind, place, value] of edits) {
      if (bytes.length === 0) break;
      const i = place % bytes.length;
      if (kind === 'set') bytes[i] = value;
      else if (kind === 'flip') bytes[i] = (bytes[i] as number) ^ (1 << value);
      else if (kind === 'large') bytes.fill(value, i, i + 4);
      else if (kind === 'cut') bytes = Uint8Array.from([...bytes.subarray(0, i), ...bytes.subarray(i + value)]);
      else if (kind === 'double') {
        bytes = Uint8Array.from([...bytes.subarray(0, i + value), ...bytes.subarray(i)]);
      } else bytes = bytes.slice(0, i);
    }
    return bytes;
  });
}

/** What a function gives, which takes less than two seconds of the processor. */
export function inTime<T>(run: () => T): T {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  if (user + system > 2e6) throw new Error(`it took ${(user + system) / 1e6} s`);
  return result;
}
