import { nounFor } from '../../diagnostics/noun-for.ts';
import { pictureSize } from './decode.ts';
import { startsAsPicture } from './list-folder.ts';
import { quotedNames } from './quoted-names.ts';
import { membersOfClasses } from './sampling.ts';
import { DataError, type Split } from './types.ts';

/**
 * Checks by the first bytes of files whether there is anything to read: in a whole split, and for each class that is trained on. For most classes one file is opened. @param classes the names of the classes, if each of them must have a readable picture.
 * @throws DataError if there is none, with what is wrong with the first.
 */
export async function requireReadable(split: Split, path: string, classes?: readonly string[]): Promise<void> {
  const unreadable = [...membersOfClasses(split.labels)].filter(([, members]) => !members.some(startsWell(split)));
  const [first] = unreadable[0]?.[1] ?? [];
  const count = unreadable.reduce((sum, [, members]) => sum + members.length, 0);
  if (first === undefined || (count < split.count && !classes)) return;
  const names = quotedNames(unreadable.map(([label]) => classes?.[label] ?? String(label)));
  const pictures = `of the ${split.count} ${nounFor(split.count, 'picture')} in '${path}'`;
  const none = split.count === 1 ? `the only picture in '${path}' cannot be read` : `none ${pictures} can be read`;
  const what =
    count === split.count
      ? none
      : `${count} ${pictures} cannot be read, all of the ${nounFor(unreadable.length, 'class', 'classes')} ${names}`;
  const others = count > 1 ? ' and others' : '';
  throw new DataError(`${what}: '${split.nameOf(first)}' (${await reasonOf(split, first)})${others}.`);
}

const startsWell = (split: Split) => (index: number) => {
  const locator = split.locate(index);
  return locator.kind === 'record' || startsAsPicture(locator.path);
};

async function reasonOf(split: Split, index: number): Promise<string> {
  try {
    await pictureSize(split.locate(index));
  } catch (e) {
    if (e instanceof DataError) return e.message;
    throw e;
  }
  return 'it does not start like a picture';
}
