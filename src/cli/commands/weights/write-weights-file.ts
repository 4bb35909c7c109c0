import type { Graph } from '../../../5-graph/graph.ts';
import { nounFor } from '../../../diagnostics/noun-for.ts';
import { safeText } from '../../../diagnostics/text-width.ts';
import type { OpenedCheckpoint } from '../../../node/open-checkpoint.ts';
import { formatBytes } from '../../../report/format-number.ts';
import type { MetadataFact } from '../../../weights/preprocessing-facts.ts';
import { flag } from '../../arguments.ts';
import type { Arguments } from '../../command.ts';
import type { Io } from '../../io.ts';
import { createOutputFiles } from '../../output-files.ts';
import { type Output, refuseFile } from '../../refuse-overwriting.ts';
import { refuseSize } from '../../refuse-size.ts';
import { type WrittenTensor, weightsFormat } from '../../weights-output.ts';

/** What is known of the tensors as a whole. */
export interface WrittenFacts {
  /** The network that they belong to, where one is known. */
  readonly graph?: Graph;
  /** The file whose names they have, where there is one. */
  readonly like?: OpenedCheckpoint;
  /** How many the file will have, at least. */
  readonly bytes: number;
  /** What the line says that reports the file. */
  readonly facts: readonly string[];
  /** What goes into the file with the tensors: how pictures are prepared, the names of the classes. */
  readonly metadata: readonly MetadataFact[];
}

/** Writes a file of weights in the format that its name asks for, and reports it. @returns its length in bytes */
export async function writeWeightsFile(
  output: Output,
  tensors: readonly WrittenTensor[],
  { graph, like, bytes: expected, facts, metadata }: WrittenFacts,
  args: Arguments,
  io: Io,
): Promise<number> {
  const format = weightsFormat(output.shown, graph, like);
  refuseFile(output, format.file);
  refuseSize(output, expected);
  const files = createOutputFiles(output.path, output.shown);
  try {
    const bytes = await format.write(files, tensors, metadata);
    files.commit();
    if (!flag(args, 'json') && !flag(args, 'quiet')) {
      const count = `${tensors.length} ${nounFor(tensors.length, 'tensor')}`;
      io.stdout.write(`${safeText(output.shown)}  ${[formatBytes(bytes), count, ...facts].join(' · ')}\n`);
    }
    return bytes;
  } finally {
    files.discard();
  }
}
