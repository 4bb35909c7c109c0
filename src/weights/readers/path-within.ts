/** Whether a path in a model's description stays in the model's folder, as it is written and as the address that it may be. */
export function isWithin(path: string): boolean {
  let address = path;
  try {
    address = decodeURIComponent(path);
  } catch {
    // no address: a name with a percent sign
  }
  return [path, address].every((name) => {
    const parts = name.split('/');
    const isPlain = name !== '' && !name.startsWith('/') && !name.includes('\\') && !name.includes('\0');
    return isPlain && !/^[a-z]+:/i.test(name) && !parts.includes('..') && parts.at(-1) !== '';
  });
}
