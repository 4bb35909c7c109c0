import type { WrittenNode } from '../written-node.ts';
import type { Builder } from './builder.ts';

/** What the writer of an op gets to see. */
export interface OnnxNode extends WrittenNode {
  readonly b: Builder;
}
