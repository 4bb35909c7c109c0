/** A callee's name as a word of a path: `GlobalAvgPool` is `global_avg_pool`. */
export function pathWord(name: string): string {
  return name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();
}
