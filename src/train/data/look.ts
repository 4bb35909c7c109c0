import { type Look, smallSide } from '../augment/recipe.ts';
import { decodeWhole, pictureSize } from './decode.ts';
import { MissingDecoder } from './load-sharp.ts';
import { DataError, type Pixels, type Split } from './types.ts';

/** How many pictures are examined, evenly over the set: a single large one decides. */
const sampled = 64;

/** Examines some pictures of a set. Unreadable ones are skipped; a set without readable ones counts as one of large pictures. */
export async function lookAt(split: Split): Promise<Look> {
  const count = Math.min(sampled, split.count);
  let largestSide = 0;
  let gray = true;
  for (let i = 0; i < count; i++) {
    const locator = split.locate(Math.floor((i * split.count) / count));
    try {
      largestSide = Math.max(largestSide, ...(await pictureSize(locator)));
      if (largestSide > smallSide) return { largestSide, gray: false };
      gray &&= isGray(await decodeWhole(locator, 3));
    } catch (e) {
      if (!(e instanceof DataError) || e instanceof MissingDecoder) throw e;
    }
  }
  return largestSide === 0 ? { largestSide: Number.POSITIVE_INFINITY, gray: false } : { largestSide, gray };
}

function isGray({ data }: Pixels): boolean {
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}
