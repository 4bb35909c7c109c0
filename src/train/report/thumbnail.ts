import type { Normalisation } from '../../5-graph/graph.ts';
import type { Mistake } from '../loop/evaluate.ts';
import { encodePng } from './png.ts';

/** The most pixels per side of an image, so that a report with 24 of them stays small. */
const largestSide = 112;

/** An image as the network saw it, as a `data:` URL of a PNG; large ones reduced by means over squares of pixels. */
export function thumbnailUrl(
  { shape, pixels }: Pick<Mistake, 'shape' | 'pixels'>,
  normalisation: Normalisation,
): string {
  const [height, width, channels] = shape;
  const factor = Math.max(1, Math.ceil(Math.max(height, width) / largestSide));
  const [rows, columns] = [Math.floor(height / factor), Math.floor(width / factor)];
  // What is neither gray nor colour is shown by its first channel.
  const shown = channels === 3 ? 3 : 1;
  const data = new Uint8Array(rows * columns * shown);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let colour = 0; colour < shown; colour++) {
        const c = normalisation.channelOrder === 'bgr' ? shown - 1 - colour : colour;
        let sum = 0;
        for (let dy = 0; dy < factor; dy++) {
          for (let dx = 0; dx < factor; dx++) {
            sum += pixels[((y * factor + dy) * width + x * factor + dx) * channels + c] as number;
          }
        }
        const value = (sum / factor ** 2) * (normalisation.std[c] ?? 1) + (normalisation.mean[c] ?? 0);
        data[(y * columns + x) * shown + colour] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return `data:image/png;base64,${Buffer.from(encodePng(columns, rows, shown, data)).toString('base64')}`;
}
