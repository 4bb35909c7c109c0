import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { measureModule } from '../../src/backends/pytorch/measure-module.ts';
import { enetc } from '../cli/fake-io.ts';
import { findPython } from '../oracle.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

const python = findPython(['torch', 'safetensors', 'PIL']);

/** All of its ops are in parts of the module, and one part does nearly all the work. */
const spec = `
import { ConvBnAct } from "std/blocks"

model Uneven {
  input image: [3, 64, 64]
  stem: ConvBnAct(8, kernel: 1)
  stages: ConvBnAct {
    | repeat | channels | kernel | stride |
    | 2      | 8        | 1      | 1      |
    | 1      | 96       | 7      | 1      |
  }
  return out: stages
}
`;

function project(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'uneven.enet'), spec);
  return cwd;
}

interface Times {
  readonly images: number;
  readonly seconds: Readonly<Record<string, { readonly forward: number; readonly backward: number }>>;
}

test('--measure and --times cannot be combined, and without PyTorch it is said what to install', async () => {
  const cwd = project();
  writeFileSync(join(cwd, 't.json'), '{"images": 1, "seconds": {"stem": 1}}');
  const both = await enetc(['pipeline', 'uneven.enet', '--stages', '2', '--measure', 'u.json', '--times', 't.json'], {
    cwd,
  });
  expect([both.code, both.err]).toEqual([2, expect.stringContaining('--measure writes what --times reads')]);
  const foreign = await enetc(['pipeline', 'uneven.enet', '--stages', '2', '--measure', 't.json'], { cwd });
  expect([foreign.code, foreign.err]).toEqual([
    1,
    expect.stringContaining("'t.json' exists and is not a file of times"),
  ]);
  const without = await enetc(['pipeline', 'uneven.enet', '--stages', '2', '--measure', 'u.json'], {
    cwd,
    env: { PATH: '/nowhere' },
  });
  expect([without.code, without.err]).toEqual([1, expect.stringContaining('pip install torch')]);
});

/** A module without weights whose second and third run after the warm-up take 0.2 s, as where other processes have the core. */
const interrupted = `
import time
from torch import nn

class Part(nn.Module):
    calls = 0

    def forward(self, x):
        self.calls += 1
        if self.calls in (3, 4):
            time.sleep(0.2)
        return x

def create_model():
    net = nn.Module()
    net.part = Part()
    net.forward = net.part.__call__
    return net
`;

describe.skipIf(!python)('enetc pipeline --measure', () => {
  // threads that wait for each other would be what is measured on a busy machine
  beforeAll(() => void vi.stubEnv('OMP_NUM_THREADS', '1'));
  afterAll(() => void vi.unstubAllEnvs());

  test('a part is measured until a few runs in which others had the core do not matter', async () => {
    const { parts, device } = await measureModule(python as string, temporaryFolder(), interrupted, [[1]], () => {});
    expect([...parts.keys()]).toEqual(['part']);
    expect(parts.get('part')?.forward).toBeLessThan(0.2);
    if (device.startsWith('CPU')) expect(device).toBe('CPU, 1 threads');
  });

  test('measures each part by its path, plans with that, and --times gives the same plan', async () => {
    const cwd = project();
    const env = { PATH: process.env.PATH ?? '', VIRTUAL_ENV: dirname(dirname(python as string)) };
    const plan = ['pipeline', 'uneven.enet', '--stages', '2', '--batch', '8', '--micro-batches', '2', '--json'];
    const measured = await enetc([...plan, '--measure', 'times.json'], { cwd, env });
    expect(measured.err).toBe('');
    const { images, seconds } = JSON.parse(readFileSync(join(cwd, 'times.json'), 'utf8')) as Times;
    expect(images).toBe(4);
    expect(Object.keys(seconds)).toEqual(['stem', 'stages.0.0', 'stages.0.1', 'stages.1.0']);
    const of = (path: string) => (seconds[path]?.forward ?? 0) + (seconds[path]?.backward ?? 0);
    // 590 times the multiplications of the others; on one thread at least 20 times their time on a busy machine
    expect(of('stages.1.0')).toBeGreaterThan(of('stages.0.0'));
    const { stages, measuredImages } = JSON.parse(measured.out);
    expect(measuredImages).toBe(4);
    const planned = (half: 'forward' | 'backward') =>
      stages.reduce((sum: number, { times }: { times: Times['seconds'][string] }) => sum + times[half], 0);
    for (const half of ['forward', 'backward'] as const) {
      const total = Object.values(seconds).reduce((sum, time) => sum + time[half], 0);
      expect(Math.abs(planned(half) / total - 1)).toBeLessThan(1e-6);
    }
    expect(readdirSync(cwd).sort()).toEqual(['times.json', 'uneven.enet']);
    expect((await enetc([...plan, '--times', 'times.json'], { cwd, env })).out).toBe(measured.out);
  });
});
