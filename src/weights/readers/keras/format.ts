import { readExactly, Unreadable } from '../byte-reader.ts';
import { isZipOf, starts } from '../first-bytes.ts';
import type { CheckpointFormat, CheckpointSource, OpenedTensors, RandomAccess } from '../format.ts';
import { refusing } from '../refusing.ts';
import { readZip, type ZipEntry } from '../zip.ts';
import { openKerasWeights } from './open-h5.ts';

const advice =
  "where HDF5's library is not available, 'tensorflowjs_converter --input_format keras --output_format tfjs_layers_model FILE FOLDER' makes a readable folder";
const h5 = 'an HDF5 file of Keras (.h5, .weights.h5)';
const archive = 'a Keras model (.keras)';

/** What Keras saves: HDF5, since version 3 also in a zip archive with the model's configuration. */
export const kerasFormats: readonly CheckpointFormat[] = [
  {
    what: h5,
    isOf: starts('\x89HDF\r\n\x1a\n'),
    advice,
    needsHdf5: true,
    open: refusing(h5, (source) => openKerasWeights(source, source.file)),
  },
  {
    what: archive,
    isOf: isZipOf(/^(metadata\.json|config\.json|model\.weights\.h5)$/),
    advice,
    needsHdf5: true,
    open: refusing(archive, openArchive),
  },
];

const mostConfigBytes = 16 << 20;

function openArchive(source: CheckpointSource): OpenedTensors | undefined {
  if (!source.openHdf5) return undefined;
  const zip = readZip(source.file);
  const weights = zip.entry('model.weights.h5');
  if (!weights) throw new Unreadable("it is a zip archive without a 'model.weights.h5'");
  const config = zip.entry('config.json');
  if (config && config.size > mostConfigBytes)
    throw new Unreadable(`its config.json has ${config.size} bytes; too many`);
  const text =
    config && new TextDecoder().decode(readExactly(source.file, config.begin, config.size, 'its config.json'));
  return openKerasWeights(source, partOf(source.file, weights), text);
}

/** A part of a file as a file. */
function partOf(file: RandomAccess, { begin, size }: ZipEntry): RandomAccess {
  return { size, read: (offset, length) => file.read(begin + offset, Math.max(Math.min(length, size - offset), 0)) };
}
