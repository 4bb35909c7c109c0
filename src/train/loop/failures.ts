import type { StepProgram } from '../../5-graph/training/program.ts';
import { type HostTensor, OutOfMemoryError, type StepRunner } from '../../backends/runner.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, words } from '../../diagnostics/words.ts';
import { RunError } from '../run-error.ts';
import type { ResolvedSettings } from '../settings.ts';

/** Runs one function of a program, feeding the inputs that it takes. */
export function runFunction(
  runner: StepRunner,
  program: StepProgram,
  name: string,
  available: Readonly<Record<string, HostTensor>>,
): Promise<Readonly<Record<string, HostTensor>>> {
  const found = program.functions.find((f) => f.name === name);
  if (!found) throw new Error(`the program has no function '${name}'`);
  const inputs: Record<string, HostTensor> = {};
  for (const { name: input } of found.inputs) {
    const value = available[input];
    if (!value) throw new Error(`nothing feeds '${input}' of '${name}'`);
    inputs[input] = value;
  }
  return runner.run(name, inputs);
}

/**
 * Where a step's numbers first become non-finite: the output of `diagnose` that shows it, `activation stages.2.0.add #3`.
 * Undefined if all of them are.
 */
export async function firstNotFinite(
  runner: StepRunner,
  program: StepProgram,
  available: Readonly<Record<string, HostTensor>>,
): Promise<string | undefined> {
  const outputs = await runFunction(runner, program, 'diagnose', available);
  const order = program.functions.find((f) => f.name === 'diagnose')?.outputs ?? [];
  return order.find(({ name }) => outputs[name]?.data[0] !== 1)?.name;
}

interface Where {
  /** Steps done, and the epoch of the next, from 0. */
  readonly step: number;
  readonly epoch: number;
  /** The last good one. */
  readonly checkpoint: string | undefined;
}

const advice = words`Try a lower ${option('rate')}, a longer ${option('warmup')}, or ${option('clip-norm')}`;

/** A step whose loss or gradient is not finite, which has changed nothing. @param first see `firstNotFinite`. */
export function notFiniteStep({ step, epoch, checkpoint }: Where, first: string | undefined): RunError {
  const place =
    first === undefined
      ? 'every weight, activation and gradient is finite, but their sum is not'
      : `the first is ${described(first)}`;
  return new RunError(
    words`step ${step + 1}, in epoch ${epoch + 1}, has numbers that are not finite: ${place}. The weights were not changed; ${lastGood(checkpoint)}. ${advice}`,
  );
}

/** A weight or a statistic that is not finite, found when a checkpoint was to be written. */
export function notFiniteVariable({ step, epoch, checkpoint }: Where, name: string): RunError {
  if (step === 0) return new RunError(`'${name}' has numbers that are not finite before the first step`);
  return new RunError(
    words`after step ${step}, in epoch ${epoch + 1}, '${name}' has numbers that are not finite: they are not written to a checkpoint; ${lastGood(checkpoint)}. ${advice}`,
  );
}

function lastGood(checkpoint: string | undefined): string {
  return checkpoint === undefined ? 'there is no checkpoint yet' : `the last good checkpoint is ${checkpoint}`;
}

function described(output: string): string {
  const [kind = '', ...rest] = output.split(' ');
  const name = rest.join(' ');
  if (kind === 'weight') return `the weight '${name}'`;
  if (kind === 'activation') return `an activation of '${name.replace(/ #\d+$/, '')}'`;
  if (kind === 'gradient') return `the gradient of '${name}'`;
  return `the ${output}`;
}

/** An error of a backend for users, with advice where memory was short. */
export function explained(error: unknown, settings: ResolvedSettings, size: readonly number[]): unknown {
  if (!(error instanceof OutOfMemoryError)) return error;
  const { batch, accumulate } = settings;
  const what = `there is not enough memory for a step of ${batch} ${nounFor(batch, 'image')} of ${size.join(' x ')}`;
  if (batch < 2) {
    return new RunError(words`${what}: use a smaller ${option('resolution')} or a smaller variant`, {
      setting: 'resolution',
    });
  }
  const half = Math.floor(batch / 2);
  return new RunError(
    words`${what}: use ${option('batch', half)} ${option('accumulate', Math.ceil((batch * accumulate) / half))}, whose steps are the same except for the batch norms'`,
    { setting: 'batch' },
  );
}
