/** The form of a noun that goes with a number: `class` for one, `classes` for none and for several. */
export function nounFor(count: number, one: string, several = `${one}s`): string {
  return count === 1 ? one : several;
}
