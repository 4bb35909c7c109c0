import type { Span } from '../../source.ts';

/** Any node of the syntax tree: what has a span. Names that bind (`Ident`) and arguments have no kind. */
export interface TreeNode {
  readonly span: Span;
  readonly kind?: string;
}

/**
 * The nodes that contain an offset, the outermost first. Between two adjacent nodes the second wins,
 * so that a cursor before a word means that word; at the end of a word with a blank behind it, the word.
 * @param offset in the source of the root's span
 */
export function nodePath(root: TreeNode, offset: number): TreeNode[] {
  const path: TreeNode[] = [];
  let node: TreeNode | undefined = root;
  while (node) {
    path.push(node);
    node = childAt(node, offset);
  }
  return path;
}

/** The innermost node of a kind on a path. */
export function innermost<T extends TreeNode>(path: readonly TreeNode[], kind: string): T | undefined {
  return path.findLast((node) => node.kind === kind) as T | undefined;
}

function childAt(node: TreeNode, offset: number): TreeNode | undefined {
  let touching: TreeNode | undefined;
  for (const child of childrenOf(node)) {
    const { start, end } = child.span;
    if (start <= offset && offset < end) return child;
    if (offset === end && start < end) touching = child;
  }
  return touching;
}

/** The nodes right below one; parts without a span (lists, tails, outputs) are skipped over. */
export function* childrenOf(node: object): Generator<TreeNode> {
  for (const key in node) {
    if (key === 'span') continue;
    const value = (node as Record<string, unknown>)[key];
    if (typeof value !== 'object' || value === null) continue;
    if ('span' in value) yield value as TreeNode;
    else yield* childrenOf(value);
  }
}
