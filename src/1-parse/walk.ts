import type { NameNode } from './ast.ts';

/**
 * Calls `visit` for every node in a part of the tree, parents first, in the order of the text. What is inside a node for
 * which it returns false is passed over. Without recursion, so that no file is too deep for it.
 */
export function walkNodes(root: unknown, visit: (node: { readonly kind?: unknown }) => boolean | void): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (!Array.isArray(node) && visit(node) === false) continue;
    const inner = Array.isArray(node)
      ? node
      : Object.entries(node).flatMap(([key, value]) => (key === 'span' ? [] : [value]));
    for (let i = inner.length - 1; i >= 0; i--) open.push(inner[i]);
  }
}

/** Calls `visit` for every name in a part of the tree: values, callees and named tables, not the names that bind. */
export function walkNames(root: unknown, visit: (name: NameNode) => void): void {
  walkNodes(root, (node) => {
    if (node.kind !== 'name') return true;
    visit(node as NameNode);
    return false;
  });
}
