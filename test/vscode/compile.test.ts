import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenExtension, openExtension, whyNotTried } from './workbench/open-extension.ts';
import type { Workbench } from './workbench/workbench.ts';

const enetc = resolve(import.meta.dirname, '../../dist/enetc.cjs');

/** At phi 4: 32 x 1.15^4 = 56 pixels. */
const family = `model First {
  input image: [3, 8, 8]
  stem: Conv(4, kernel: 3)
}

model Family {
  param resolution: int = r(32)

  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }

  input image: [3, resolution, resolution]
  stem: Conv(w(16), kernel: 3)
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

const places = [
  ['next to the files', {}],
  ['in the browser', { 'remote.extensionKind': { 'enet.enet': ['web'] } }],
] as const;

describe.skipIf(whyNotTried() !== undefined).each(places)('an extension %s', (_, setting) => {
  let extension: OpenExtension;
  let bench: Workbench;

  beforeAll(async () => {
    const user = {
      ...setting,
      'enet.scaling': { phi: 4 },
      // What runs on a machine its own settings say, not those of the user of the browser.
      'enet.cli.path': 'there-is-no-such-program',
      'terminal.integrated.gpuAcceleration': 'off',
    };
    extension = await openExtension({ "family's best.enet": family }, { user, machine: { 'enet.cli.path': enetc } });
    bench = extension.bench;
  });

  afterAll(() => extension?.close());

  test('compiles in a terminal what a lens names, at the chosen point', async () => {
    await bench.openFile("family's best.enet");
    const terminal = bench.page.locator('.terminal-wrapper.active .xterm-rows');
    await bench.clickLens(bench.lens('Compile').nth(1), terminal);
    const file = join(extension.workspace, "family's best-phi4.onnx");
    await expect.poll(() => existsSync(file)).toBe(true);
    await expect.poll(() => terminal.textContent()).toMatch(/phi4\.onnx.*formula at phi 4/s);
    const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3 });
    expect(session.inputMetadata[0]).toMatchObject({ name: 'image', shape: [expect.anything(), 3, 56, 56] });
    expect(session.outputMetadata[0]).toMatchObject({ shape: [expect.anything(), 10] });
  });
});
