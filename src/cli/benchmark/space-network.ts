import { rmSync } from 'node:fs';
import { engines } from '../../bench/engines.ts';
import type { CompileOptions } from '../../compile.ts';
import { compileSpec, isWhole } from '../../compile-spec.ts';
import type { SpecFile } from '../../node/open-spec.ts';
import { type Encoding, type Space, settingsOf } from '../../search/space/space.ts';
import { failure, type Io } from '../io.ts';
import type { ChosenEngine } from './choose-engine.ts';
import type { ModelFile } from './open-model.ts';
import { writeModel } from './write-model.ts';

/** Networks of a space as files for an engine. */
export interface NetworkWriter {
  write(encoding: Encoding): Promise<ModelFile>;
  remove(file: ModelFile): void;
}

/** @param folder a temporary one, where the files are made */
export function createNetworkWriter(
  spec: SpecFile,
  request: CompileOptions,
  space: Space,
  engine: ChosenEngine,
  folder: string,
  io: Io,
): NetworkWriter {
  const form = engine === 'auto' ? 'tfjs' : engines[engine].takes;
  let written = 0;
  return {
    async write(encoding) {
      const number = ++written;
      const name = `network ${number}`;
      const network = compileSpec(spec, { ...request, set: { ...request.set, ...settingsOf(space, encoding) } });
      if (!isWhole(network))
        throw failure(`${name} does not build: ${network.diagnostics.find((d) => d.severity === 'error')?.message}`);
      return writeModel(network, form, folder, String(number), name, io);
    },
    remove({ path }) {
      rmSync(path, { force: true });
    },
  };
}
