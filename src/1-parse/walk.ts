/**
 * Calls `visit` for every node in a part of the tree, parents first, in the order of the text. The contents of a node
 * for which it returns false are skipped. Without recursion, so that no file is too deep for it.
 */
export function walkNodes(root: unknown, visit: (node: { readonly kind?: unknown }) => boolean): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (let i = node.length - 1; i >= 0; i--) open.push(node[i]);
      continue;
    }
    if (visit(node) === false) continue;
    const first = open.length;
    for (const key in node) {
      const part = (node as Record<string, unknown>)[key];
      if (typeof part === 'object' && part !== null && key !== 'span') open.push(part);
    }
    reverseFrom(open, first);
  }
}

/** The last on a stack comes off first. */
function reverseFrom(stack: unknown[], first: number): void {
  for (let i = first, j = stack.length - 1; i < j; i++, j--) [stack[i], stack[j]] = [stack[j], stack[i]];
}
