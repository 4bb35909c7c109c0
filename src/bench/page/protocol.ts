import type { PageEngine } from '../engines.ts';
import type { Blocks } from '../measure.ts';

/** What a page is to measure, served as `job` under the page's address. */
export interface PageJob {
  readonly engine: PageEngine;
  readonly threads: number;
  readonly batch: number;
  readonly seed: number;
  readonly seconds: number;
  /** One model, or two that are measured in turns; addresses relative to the page. */
  readonly models: readonly { readonly name: string; readonly url: string }[];
}

/** What a page has measured. */
export interface PageResult {
  /** For each model, latencies in milliseconds. */
  readonly blocks: readonly Blocks[];
  readonly warmUpRuns: number;
  readonly settled: boolean;
  /** For each model, the shapes of its inputs with the batch. */
  readonly inputs: readonly Readonly<Record<string, readonly number[]>>[];
  /** The engine with its version and device, for people. */
  readonly engine: string;
  readonly userAgent: string;
  /** Logical processors, if the browser reports them. */
  readonly cores: number | null;
  /** Bytes of the page with the models, if the browser reports them. */
  readonly memory: number | null;
  /** Whether the page was hidden at some time: browsers then slow it down. */
  readonly wasHidden: boolean;
}

/** Whether something sent by a page is a result: it comes over the network. */
export function isPageResult(value: unknown, models: number): value is PageResult {
  const result = value as PageResult | null;
  const texts = [result?.engine, result?.userAgent];
  return (
    typeof result === 'object' &&
    result !== null &&
    texts.every((text) => typeof text === 'string' && text.length <= 1000) &&
    Number.isInteger(result.warmUpRuns) &&
    typeof result.settled === 'boolean' &&
    typeof result.wasHidden === 'boolean' &&
    [result.cores, result.memory].every((n) => n === null || (typeof n === 'number' && n >= 0)) &&
    Array.isArray(result.inputs) &&
    result.inputs.length === models &&
    result.inputs.every(isShapes) &&
    Array.isArray(result.blocks) &&
    result.blocks.length === models &&
    result.blocks.every((blocks) => isSeriesOfBlocks(blocks, result.blocks[0] as Blocks))
  );
}

function isShapes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((shape) => Array.isArray(shape) && shape.every((n) => Number.isInteger(n)));
}

/** Whether blocks are not empty, and have as many runs as those of the first model. */
function isSeriesOfBlocks(value: unknown, first: Blocks): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length === first.length &&
    value.every(
      (block, b) =>
        Array.isArray(block) &&
        block.length > 0 &&
        block.length === first[b]?.length &&
        block.every((ms) => typeof ms === 'number' && ms > 0 && Number.isFinite(ms)),
    )
  );
}
