import type { NetworkImage } from '../train/open/classified-network.ts';
import type { LastActivation } from './probabilities.ts';

/** A network that classifies pictures, ready to run: from a spec with weights, a run, or a file in some format. */
export interface Classifier {
  /** What it is, for people: `EfficientNet, best.safetensors`. */
  readonly name: string;
  /** The engine that runs it, for people. */
  readonly engine: string;
  readonly image: NetworkImage;
  /** Absent where only running it shows. */
  readonly classes?: number;
  /** The names of the classes, where they are known. */
  readonly labels?: readonly string[];
  /** How many pictures it takes at a time, where it takes no other number. */
  readonly batch?: number;
  /** Whether anything states how pictures are normalised. */
  readonly isNormalisationStated: boolean;
  /** The last activation of its scores; absent where that is not known. */
  readonly last?: LastActivation;
  /**
   * @param images `[N, H, W, C]`, normalised.
   * @returns `[N, K]`: logits or probabilities, see `probabilities`.
   */
  run(images: Float32Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Options for a classifier's pictures and classes, whatever it is made from. */
export interface ClassifierOptions {
  /** Reads the spec, the weights or the file. The folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
