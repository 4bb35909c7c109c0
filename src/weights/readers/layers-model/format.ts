import { createDiagnostic } from '../../../diagnostics/diagnostic.ts';
import { isJson } from '../first-bytes.ts';
import type { CheckpointFormat, CheckpointSource, OpenedTensors } from '../format.ts';
import { openLayersFolder } from './open-folder.ts';

/** The keys of a model.json, one of which appears near its beginning. */
const modelKeys =
  /"(modelTopology|weightsManifest|format|generatedBy|convertedBy|userDefinedMetadata|trainingConfig|signature)"/;

/** More is not even read: `readManifest` takes four million characters, of at most four bytes each. */
const mostBytes = 16 << 20;

/** A layers model of TensorFlow.js: the file that describes it, whatever its name, and those that it names. */
export const layersModelFormat: CheckpointFormat = {
  what: 'the model.json of a TensorFlow.js model',
  isOf: (ends) => isJson(ends) && modelKeys.test(ends.text) && !/"weight_map"/.test(ends.text),
  folderFile: 'model.json',
  advice: 'give the folder that contains it',
  open: openModel,
};

/** A list of weights without a model, as for `tf.io.loadWeights`: a file that names those next to it. */
export const weightsManifestFormat: CheckpointFormat = {
  what: "the manifest of TensorFlow.js's weights",
  isOf: (ends) => isJson(ends) && /^\s*\[\s*\{\s*"(weights|paths)"/.test(ends.text),
  advice: 'give the folder that contains it',
  open: openModel,
};

function openModel({ name, file, openNear }: CheckpointSource): OpenedTensors | undefined {
  if (!openNear) return undefined;
  if (file.size > mostBytes) {
    const reason = `its model.json has ${file.size} bytes; at most ${mostBytes} are read`;
    return { diagnostics: [createDiagnostic('model-folder', undefined, { folder: name, reason })] };
  }
  return openLayersFolder(name, new TextDecoder().decode(file.read(0, file.size)), openNear);
}
