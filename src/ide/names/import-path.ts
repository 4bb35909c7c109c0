/** The document that an import names, only by the text of paths: `std/blocks`, or an absolute path. */
export function importedPath(from: string, name: string): string {
  if (!name.startsWith('./') && !name.startsWith('../')) return name;
  const separator = separatorOf(from);
  const parts = from.split(separator).slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..' && parts.length > 1) parts.pop();
    else if (part !== '.' && part !== '..' && part !== '') parts.push(part);
  }
  return parts.join(separator);
}

/** How a file imports another: `./blocks.enet`, `../shared/blocks.enet`. Undefined if no relative path leads there. */
export function importNameOf(from: string, to: string): string | undefined {
  const separator = separatorOf(from);
  const here = from.split(separator).slice(0, -1);
  const there = to.split(separator);
  if (here[0] !== there[0]) return undefined;
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++;
  const up = here.length - common;
  return `${up === 0 ? './' : '../'.repeat(up)}${there.slice(common).join('/')}`;
}

function separatorOf(path: string): string {
  return path.includes('/') ? '/' : '\\';
}
