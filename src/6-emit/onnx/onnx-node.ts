import type { WrittenNode } from '../written-node.ts';
import type { OnnxBuilder } from './builder.ts';

/** What the writer of an op gets to see. */
export interface OnnxNode extends WrittenNode {
  readonly b: OnnxBuilder;
}
