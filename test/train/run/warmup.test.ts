import { expect, test } from 'vitest';
import { plainWords } from '../../../src/diagnostics/words.ts';
import { warmupWarning } from '../../../src/train/loop/run-length.ts';
import { resolveSettings, type Settings } from '../../../src/train/settings.ts';

const said = (given: Partial<Settings>, stepsPerEpoch: number) => {
  const settings = resolveSettings(given);
  const warning = warmupWarning(settings, { stepsPerEpoch, totalSteps: stepsPerEpoch * settings.epochs });
  return warning && plainWords(warning);
};

test('a warm-up that outlasts the run is said, with the rate that the run ends at', () => {
  expect(said({ epochs: 1 }, 2)).toBe(
    "the warm-up of 5 epochs is longer than the run of 1 epoch: the rate ends at 0.0002 and never reaches 0.002; choose a shorter 'warmup' or more 'epochs'",
  );
  expect(said({ epochs: 5 }, 10)).toContain('is as long as the run of 5 epochs');
  expect(said({ epochs: 6 }, 10)).toBeUndefined();
  expect(said({ epochs: 1, warmup: 0 }, 1)).toBeUndefined();
  // trained on nothing at all by what was asked for
  expect(said({ epochs: 1, rate: 0 }, 2)).toBeUndefined();
});

test('a first epoch of one step, at the rate 0, is said', () => {
  expect(said({ epochs: 20 }, 1)).toMatch(/^an epoch is a single step, and the rate of the first is 0/);
  expect(said({ epochs: 20, warmup: 0 }, 1)).toBeUndefined();
  expect(said({ epochs: 20 }, 2)).toBeUndefined();
});
