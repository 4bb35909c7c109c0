/** A processor's instructions for products of bytes with sums in 32 bits, which make int8 fast. */
export interface ByteProducts {
  /** Those that it has, by Linux's names; empty where it has none. */
  readonly has: readonly string[];
  /** Those that it could have. */
  readonly wanted: readonly string[];
}

const instructions: Readonly<Record<string, readonly string[]>> = {
  x64: ['avx_vnni', 'avx512_vnni', 'avx_vnni_int8', 'amx_int8'],
  // SDOT and UDOT, and products of matrices
  arm64: ['asimddp', 'i8mm'],
};

/**
 * A processor's instructions, by its flags in Linux's `/proc/cpuinfo`; undefined where that is not known. @param arch
 * as Node names it
 */
export function byteProducts(arch: string, cpuinfo: string | undefined): ByteProducts | undefined {
  const wanted = instructions[arch];
  const line = cpuinfo?.split('\n').find((text) => /^(?:flags|Features)\s*:/.test(text));
  if (!wanted || line === undefined) return undefined;
  const flags = new Set(line.slice(line.indexOf(':') + 1).split(/\s+/));
  return { wanted, has: wanted.filter((flag) => flags.has(flag)) };
}
