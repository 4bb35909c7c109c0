import { createDiagnostic, type Diagnostic } from '../../../diagnostics/diagnostic.ts';
import { isZipOf, matches } from '../first-bytes.ts';
import type { CheckpointFormat, CheckpointSource, OpenedTensors } from '../format.ts';
import { refusing } from '../refusing.ts';
import type { OpenedTorch } from './checkpoint.ts';
import type { ChosenDictionary } from './dictionaries.ts';
import { legacyMagic, openTorchLegacy } from './open-legacy.ts';
import { openTorchZip } from './open-zip.ts';

const what = 'a PyTorch checkpoint';

/** What `torch.save` writes: a zip archive since PyTorch 1.6, a sequence of pickles before. */
export const torchFormats: readonly CheckpointFormat[] = [
  {
    what,
    isOf: isZipOf(/(^|\/)(data\.pkl|\.format_version|\.storage_alignment|byteorder|constants\.pkl|version|data\/\d+)$/),
    hasDictionaries: true,
    open: refusing(what, reporting(openTorchZip)),
  },
  {
    what: `${what} of the form before 1.6`,
    isOf: matches(legacyMagic),
    hasDictionaries: true,
    open: refusing(what, reporting(openTorchLegacy)),
  },
];

function reporting(open: (source: CheckpointSource) => OpenedTorch): (source: CheckpointSource) => OpenedTensors {
  return (source) => {
    const { checkpoint, dictionaries } = open(source);
    return { checkpoint, diagnostics: reportChoice(source, dictionaries) };
  };
}

/** States which dictionary is read, unless it was requested or is the whole file. */
function reportChoice({ name, key }: CheckpointSource, { chosen, others }: ChosenDictionary): Diagnostic[] {
  if (key !== undefined || (chosen.key === '' && others.length === 0)) return [];
  const kind = chosen.isAveraged ? 'averaged weights' : 'weights';
  const instead = others.map(({ key: other, isAveraged }) => {
    const taken = isAveraged ? 'averaged ones' : chosen.isAveraged ? 'those before averaging' : 'others';
    return `; --weights-key ${other || "''"} takes ${taken}`;
  });
  const data = { file: name, key: chosen.key, kind, instead: instead.slice(0, 5).join('') };
  return [createDiagnostic('checkpoint-dictionary', undefined, data)];
}
