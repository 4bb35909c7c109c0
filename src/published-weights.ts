/** A checkpoint on the Hugging Face hub that a model of the library takes, as its publisher describes it. */
export interface PublishedCheckpoint {
  /** `timm/efficientnet_b0.ra_in1k` */
  readonly name: string;
  /** The name on the command line. */
  readonly model: string;
  readonly variant?: string;
  readonly classes: number;
  /** Of its tensors. */
  readonly bytes: number;
  /** As its publisher names it; absent where nothing is stated. */
  readonly licence?: string;
  /** In percent of ImageNet's validation images, measured at `size`. */
  readonly top1?: number;
  /** Height and width of the images that it is evaluated with. */
  readonly size: number;
  /** Of the channels, between 0 and 1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The share of the image's shorter side that is seen. */
  readonly crop: number;
  readonly interpolation: string;
  /** Whose padding it was trained with. */
  readonly convention: 'tf' | 'torch';
}
