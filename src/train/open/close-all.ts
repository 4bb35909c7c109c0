/** Closes something that was opened. */
export type Close = () => unknown;

/** Closes what was opened, the last first, each once. */
export async function closeAll(closing: Close[]): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}
