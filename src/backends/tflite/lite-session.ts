import { firstLine } from '../first-line.ts';
import { inputSides, inputValues, type ModelSession, type SessionRequest } from '../model-session.ts';
import type { LiteInterpreter } from './interpreter.ts';

/**
 * Opens a TensorFlow Lite file with random inputs. A run is one request to the interpreter's process.
 * @returns or why it cannot be run, as the rest of a sentence that begins with the file.
 */
export async function openLiteSession(
  lite: LiteInterpreter,
  path: string,
  { threads, batch, seed }: SessionRequest & { readonly threads: number },
): Promise<ModelSession | string> {
  const refused = (e: unknown) => `cannot be loaded by ${lite.engine}: ${firstLine(e)}`;
  const session = await lite.open({ model: path, threads, delegate: true }).catch(refused);
  if (typeof session === 'string') return session;
  const inputs: Record<string, number[]> = {};
  for (const [name, shape] of Object.entries(session.inputs)) {
    const sides = inputSides(shape, batch);
    if (typeof sides === 'string') {
      await session.close();
      return `has the input '${name}', which ${sides}`;
    }
    inputs[name] = sides;
  }
  const fed = Object.entries(inputs).map(
    ([name, shape]) => [name, { shape, data: inputValues(name, shape, seed) }] as const,
  );
  const ran = await session.run(Object.fromEntries(fed)).catch(refused);
  if (typeof ran === 'string') {
    await session.close();
    return ran;
  }
  return { inputs, run: () => session.time(1), close: () => session.close() };
}
