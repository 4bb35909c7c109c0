/** Gives names away, each once. */
export interface UniqueNames {
  /** `wanted`, or `wanted_1`, `wanted_2` ... where that is taken. */
  unique(wanted: string): string;
}

export function createNames(): UniqueNames {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return {
    unique(wanted) {
      let name = wanted;
      for (let n = next.get(wanted) ?? 1; taken.has(name); n++) {
        name = `${wanted}_${n}`;
        next.set(wanted, n + 1);
      }
      taken.add(name);
      return name;
    },
  };
}
