import { createLoader } from '../train/data/create-loader.ts';
import type { SkippedImage } from '../train/data/types.ts';
import { nextTurn } from '../train/loop/evaluate.ts';
import { plainLoaderOptions } from '../train/open/loader-options.ts';
import type { Classifier } from './classifier.ts';
import { pictureSet } from './picture-set.ts';
import { likeliest, type Prediction, probabilities, type ScoreKind } from './probabilities.ts';

/** A network's prediction for a picture. */
export interface PredictedPicture {
  /** As it was given. */
  readonly file: string;
  /** The most likely classes, the most likely first. */
  readonly predictions: readonly Prediction[];
  /** Height, width, channels, and the values as the network saw them. */
  readonly shape: readonly [number, number, number];
  readonly pixels: Float32Array;
}

export interface PredictOptions {
  readonly cwd: string;
  /** The names of the classes. A class without a name is shown by its number. */
  labelsOf(classes: number): Promise<readonly string[]>;
  /** How many classes are listed for each picture. */
  readonly top: number;
  readonly batch: number;
  /** Whether classes exclude each other; by default as the network's end says. */
  readonly scores?: ScoreKind;
  readonly workers?: number;
  skipped(image: SkippedImage): void;
}

/**
 * Runs a network over pictures, prepared as by `eval`, batch by batch.
 * @throws DataError if no picture can be read.
 */
export async function* predictPictures(
  classifier: Classifier,
  files: readonly string[],
  { cwd, labelsOf, top, batch, scores: asked, workers, skipped }: PredictOptions,
): AsyncGenerator<readonly PredictedPicture[]> {
  const { image } = classifier;
  const options = plainLoaderOptions(image, classifier.batch ?? batch, workers);
  // Any number may be unreadable: these are named, the others predicted.
  const loader = createLoader(pictureSet(files, cwd, image.channels), 'test', { ...options, maxCorrupt: files.length });
  let labels: readonly string[] | undefined;
  try {
    for await (const { images, shape, indices, skipped: unread } of loader.epoch(0)) {
      const [count, height, width, channels] = shape;
      const size = height * width * channels;
      const scores = await classifier.run(images, count);
      const classes = scores.length / count;
      labels ??= await labelsOf(classes);
      const names = labels;
      const absent = new Set(unread.map(({ index }) => index));
      for (const picture of unread) skipped(picture);
      yield [...indices.keys()].flatMap((slot) => {
        if (absent.has(indices[slot] as number)) return [];
        const row = scores.subarray(slot * classes, (slot + 1) * classes);
        const shares = probabilities(row, classifier.last, asked);
        const predictions = likeliest(shares, names, top);
        const pixels = images.subarray(slot * size, (slot + 1) * size);
        return [
          { file: files[indices[slot] as number] as string, predictions, shape: [height, width, channels], pixels },
        ];
      });
      await nextTurn();
    }
  } finally {
    await loader.close();
  }
}
