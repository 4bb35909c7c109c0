/** Whether a path in a model's description stays in the model's folder, both as written and as a URL. */
export function isWithin(path: string): boolean {
  let address = path;
  try {
    address = decodeURIComponent(path);
  } catch {
    // not a URL: a name with a percent sign
  }
  return [path, address].every((name) => {
    const parts = name.split('/');
    const isPlain = name !== '' && !name.startsWith('/') && !name.includes('\\') && !name.includes('\0');
    return isPlain && !/^[a-z]+:/i.test(name) && !parts.includes('..') && parts.at(-1) !== '';
  });
}
