/** Why something of a foreign network cannot be expressed in the language. Thrown within this folder, which names the node. */
export class Unsayable extends Error {
  override readonly name = 'Unsayable';
}

/** @throws Unsayable */
export function fail(reason: string): never {
  throw new Unsayable(reason);
}

/** An error of one node. */
export class UnsayableNode extends Error {
  override readonly name = 'UnsayableNode';
  readonly node: string;
  /** The kind of node, where the file states it. */
  readonly type: string;

  constructor(node: string, reason: string, type = '') {
    super(reason);
    this.node = node;
    this.type = type;
  }
}

/** What `say` gives. @throws UnsayableNode where it throws `Unsayable` */
export function saying<T>(node: string, say: () => T): T {
  try {
    return say();
  } catch (e) {
    if (e instanceof Unsayable) throw new UnsayableNode(node, e.message);
    throw e;
  }
}
