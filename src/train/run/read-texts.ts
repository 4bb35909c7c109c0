import { orUndefined } from '../../node/or-undefined.ts';
import { readText } from '../../node/regular-file.ts';
import { readProblem } from '../../node/system-errors.ts';
import { RunError } from '../run-error.ts';

/** The text of a file of a run or study. @param what the file, as messages name it @throws RunError if it cannot be read */
export function readTextOf(path: string, what: string): string {
  try {
    return readText(path);
  } catch (e) {
    throw new RunError(`${what} cannot be read: ${readProblem(e)}`);
  }
}

/**
 * The lines of a log, each a record of JSON. A truncated last line of a killed process does not count.
 * @param what the file, as messages name it
 * @param problemOf what is wrong with a record
 * @throws RunError for a line that is not a record
 */
export function readLog<Entry>(
  path: string,
  what: string,
  problemOf: (record: unknown) => string | undefined,
): Entry[] {
  const lines = readTextOf(path, what).split('\n').slice(0, -1);
  return lines.map((line, i) => {
    const record: unknown = orUndefined(() => JSON.parse(line));
    const problem = record === undefined ? 'it is not JSON' : problemOf(record);
    if (problem === undefined) return record as Entry;
    throw new RunError(`line ${i + 1} of ${what} is damaged: ${problem}`);
  });
}
