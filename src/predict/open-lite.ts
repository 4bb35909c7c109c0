import { resolve } from 'node:path';
import { firstLine } from '../backends/first-line.ts';
import { findLitePython, liteAdvice } from '../backends/tflite/find-python.ts';
import { type LiteInterpreter, startInterpreter } from '../backends/tflite/interpreter.ts';
import { openRandomAccess } from '../node/regular-file.ts';
import { RunError } from '../train/run-error.ts';
import { isUnreadable } from '../weights/readers/byte-reader.ts';
import { type LiteFacts, readLiteFacts } from '../weights/readers/tflite/file-facts.ts';
import type { Classifier, ClassifierOptions } from './classifier.ts';
import { type AskedOfFile, asFed, imageOfFile, nameOfFile, scoresAmong } from './file-image.ts';
import { lastOfLite } from './last-activation.ts';

/**
 * A TensorFlow Lite file as a classifier, run by its interpreter in a Python, with XNNPACK; also files of other tools.
 * @throws RunError if it is not such a file, or no Python has the interpreter; FileError.
 */
export async function openLiteClassifier(
  shown: string,
  asked: AskedOfFile,
  { cwd, env }: ClassifierOptions,
): Promise<Classifier> {
  const path = resolve(cwd, shown);
  const { metadata, last: operator } = statedIn(path, shown);
  const python = findLitePython({ cwd, env });
  if (python === undefined) throw new RunError(`'${shown}' needs a Python with LiteRT or TensorFlow: ${liteAdvice}`);
  const lite = await startInterpreter(python).catch((e: unknown) => {
    throw new RunError(`${python} cannot start TensorFlow Lite: ${firstLine(e)}`);
  });
  try {
    return await openIn(lite, path, shown, asked, metadata, operator);
  } catch (e) {
    lite.close();
    throw e;
  }
}

async function openIn(
  lite: LiteInterpreter,
  path: string,
  shown: string,
  asked: AskedOfFile,
  metadata: LiteFacts['metadata'],
  operator: number | undefined,
): Promise<Classifier> {
  const refused = (e: unknown): never => {
    throw new RunError(`'${shown}' cannot be loaded by ${lite.engine}: ${firstLine(e)}`);
  };
  const session = await lite.open({ model: path, threads: 1, delegate: true }).catch(refused);
  const [input, ...others] = Object.entries(session.inputs);
  if (!input || others.length > 0)
    throw new RunError(`'${shown}' has ${Object.keys(session.inputs).length} inputs, not one`);
  const [name, shape] = input;
  const taken = imageOfFile(shown, shape, metadata, asked);
  const { layout: _, ...facts } = taken;
  const last = lastOfLite(operator);
  return {
    name: nameOfFile(metadata, shown),
    engine: lite.engine,
    ...facts,
    ...(last && { last }),
    async run(images, count) {
      const { shape, data, ofThese } = asFed(taken, images, count);
      const results = await session.run({ [name]: { shape, data } }).catch(refused);
      const outputs = Object.entries(results).map(([output, value]) => ({ name: output, ...value }));
      return ofThese(scoresAmong(shown, outputs).data);
    },
    async close() {
      lite.close();
    },
  };
}

/** What a file states about itself. */
function statedIn(path: string, shown: string): LiteFacts {
  const { file, close } = openRandomAccess(path, shown);
  try {
    return readLiteFacts(file);
  } catch (e) {
    if (isUnreadable(e)) throw new RunError(`'${shown}' is not a TensorFlow Lite file that can be read: ${e.message}`);
    throw e;
  } finally {
    close();
  }
}
