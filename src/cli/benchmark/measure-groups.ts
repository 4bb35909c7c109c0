import { isPageEngine } from '../../bench/engines.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';
import type { StatusLine } from '../status-line.ts';
import type { ChosenEngine } from './choose-engine.ts';
import { measureLite, measureOnnx, measureTfjs } from './measure-here.ts';
import { measureInPage } from './measure-in-page.ts';
import type { MeasuredModels, MeasureRequest } from './measured.ts';
import type { ModelFile } from './open-model.ts';

/**
 * Measures groups of models in an engine, wherever it runs: one group after the other, the models of a group in turns.
 * @param folder a temporary one
 */
export async function measureGroups(
  groups: readonly (readonly ModelFile[])[],
  engine: ChosenEngine,
  request: MeasureRequest,
  folder: string,
  screen: StatusLine,
  args: Arguments,
  io: Io,
): Promise<readonly MeasuredModels[]> {
  if (engine !== 'auto' && isPageEngine(engine)) {
    return measureInPage(groups, engine, request, folder, screen, args, io);
  }
  if (engine === 'tflite') return measureLite(groups, request, screen, io);
  if (engine !== 'onnxruntime') return measureTfjs(groups, engine, request, screen, io);
  const results: MeasuredModels[] = [];
  for (const files of groups) results.push(await measureOnnx(files, request, screen, io));
  return results;
}
