import { resolve } from 'node:path';
import { loadOnnxRuntime } from '../backends/onnx-runtime.ts';
import { createOnnxSession } from '../backends/onnx-session.ts';
import { openRandomAccess } from '../node/regular-file.ts';
import { RunError } from '../train/run-error.ts';
import { ByteReader, isUnreadable } from '../weights/readers/byte-reader.ts';
import { unknownFormat } from '../weights/readers/named-formats.ts';
import { onnxFormat } from '../weights/readers/onnx/format.ts';
import { readMetadata } from '../weights/readers/onnx/model-proto.ts';
import { ProtoReader } from '../weights/readers/protobuf.ts';
import { formatOf } from '../weights/readers/readers.ts';
import type { Classifier, ClassifierOptions } from './classifier.ts';
import { type AskedOfFile, asFed, imageOfFile, nameOfFile, scoresAmong } from './file-image.ts';
import { lastOfOnnx } from './last-activation.ts';
import type { LastActivation } from './probabilities.ts';

/**
 * An ONNX file as a classifier, run by ONNX Runtime.
 * @throws RunError if it is not such a file, or ONNX Runtime is not installed; FileError.
 */
export async function openOnnxClassifier(
  shown: string,
  asked: AskedOfFile,
  { cwd }: ClassifierOptions,
): Promise<Classifier> {
  const path = resolve(cwd, shown);
  const { metadata, last } = statedIn(path, shown);
  const ort = loadOnnxRuntime(cwd);
  if (typeof ort === 'string') throw new RunError(`'${shown}' needs ONNX Runtime: ${ort}`);
  const session = await createOnnxSession(ort, path);
  if (typeof session === 'string') throw new RunError(`'${shown}' cannot be loaded by ONNX Runtime: ${session}`);
  try {
    const [input, ...others] = session.inputMetadata;
    if (!input?.isTensor || others.length > 0)
      throw new RunError(`'${shown}' has ${session.inputNames.length} inputs, not one`);
    if (input.type !== 'float32') throw new RunError(`the input of '${shown}' is ${input.type}; predict feeds float32`);
    const taken = imageOfFile(shown, input.shape, metadata, asked);
    const { layout: _, ...facts } = taken;
    return {
      name: nameOfFile(metadata, shown),
      engine: `ONNX Runtime ${ort.env.versions.node ?? ''}`.trim(),
      ...facts,
      ...(last && { last }),
      async run(images, count) {
        const { shape, data, ofThese } = asFed(taken, images, count);
        const results = await session.run({ [input.name]: new ort.Tensor('float32', data, shape) });
        const outputs = session.outputNames.map((name) => ({
          name,
          shape: results[name]?.dims ?? [],
          value: results[name],
        }));
        const { value } = scoresAmong(shown, outputs);
        return ofThese(value?.data as Float32Array);
      },
      close: () => session.release(),
    };
  } catch (e) {
    await session.release();
    throw e;
  }
}

/** What a file states about itself. */
function statedIn(
  path: string,
  shown: string,
): { readonly metadata: ReadonlyMap<string, string>; readonly last: LastActivation | undefined } {
  const { file, close } = openRandomAccess(path, shown);
  try {
    const format = formatOf(file, shown);
    if (format !== onnxFormat && format !== unknownFormat)
      throw new RunError(`'${shown}' is not an ONNX file that can be read: it is ${format.what}`);
    const metadata = readMetadata(new ProtoReader(new ByteReader(file, 'it', 0, file.size)), file.size);
    return { metadata, last: lastOfOnnx(shown, file) };
  } catch (e) {
    if (isUnreadable(e)) throw new RunError(`'${shown}' is not an ONNX file that can be read: ${e.message}`);
    throw e;
  } finally {
    close();
  }
}
