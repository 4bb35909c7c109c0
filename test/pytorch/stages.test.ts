import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeStages } from '../../src/6-emit/pytorch/stages/write-stages.ts';
import { writeModel } from '../../src/6-emit/pytorch/write-model.ts';
import { compile } from '../../src/compile.ts';
import { type PlanOptions, planPipeline } from '../../src/pipeline/plan.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { enetc, folder as folderWith } from '../cli/fake-io.ts';
import { build, model } from '../language/build.ts';
import { findPython, runPython } from '../oracle.ts';
import { members } from './members.ts';

const python = findPython(['torch']);
const linter = findPython(['ruff', 'mypy', 'torch']);

/** Writes a network and its stages into a folder. */
function writeFolder(folder: string, graph: NonNullable<ReturnType<typeof build>['graph']>, options: PlanOptions) {
  const plan = planPipeline(graph, options);
  if ('problem' in plan) throw new Error(plan.problem);
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.py'), writeModel(graph));
  writeFileSync(join(folder, 'stages.py'), writeStages(graph, plan));
  writeFileSync(join(folder, 'image.json'), JSON.stringify(graph.nodes[graph.inputs[0]!]!.shapes[0]));
  return plan;
}

const cut = ['efficientnet', 'nasnet', 'googlenet', 'efficientdet', 'mobilenet-v3'].map((name) => `std/${name}`);

/** Stages one after the other, with the network's weights: what differs from the network. */
const compose = `
import json, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
for folder in sorted(Path(sys.argv[1]).iterdir()):
    sys.path[0] = str(folder)
    for name in ("model", "stages"):
        sys.modules.pop(name, None)
    import model, stages
    torch.manual_seed(0)
    net = model.create_model().eval()
    state = {k: torch.rand_like(v) + 0.5 if "running" in k else v for k, v in net.state_dict().items()}
    net.load_state_dict(state)
    parts = [make().eval() for make in stages.STAGES]
    names = [name for part in parts for name in part.state_dict()]
    if sorted(names) != sorted(state):
        print(folder.name, set(names) ^ set(state))
    image = torch.randn(2, *json.loads((folder / "image.json").read_text()))
    with torch.no_grad():
        expected = net(image)
        given = (image,)
        for part, handed in zip(parts, stages.HANDED, strict=True):
            part.load_state_dict({name: state[name] for name in part.state_dict()})
            given = part(*given)
            given = given if isinstance(given, tuple) else (given,)
            if [tuple(value.shape[1:]) for value in given] != [shape for shape, _ in handed]:
                print(folder.name, [value.shape for value in given], handed)
    expected = list(expected.values()) if isinstance(expected, dict) else [expected]
    # behind them are the auxiliary outputs
    if not all(torch.equal(a, b) for a, b in zip(given, expected)):
        print(folder.name, "differs")
`;

const lint = `
import subprocess, sys
from pathlib import Path
for folder in sorted(Path(sys.argv[1]).iterdir()):
    commands = [["ruff", "check", "--isolated"], ["ruff", "format", "--isolated", "--diff"]]
    if folder.name in sys.argv[2:]:
        commands.append(["mypy", "--cache-dir", sys.argv[1] + "/../mypy"])
    for command in commands:
        done = subprocess.run([sys.executable, "-m", *command, "."], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            print(folder.name, command[0], done.stdout + done.stderr)
`;

test.skipIf(!python)(
  'stages one after the other are the network: cuts in blocks, tensors that are handed through, auxiliary outputs',
  () => {
    const root = mkdtempSync(join(tmpdir(), 'enet-stages-'));
    try {
      mkdirSync(join(root, 'all'));
      for (const path of cut) {
        const { graph } = compile({ name: path, text: stdlib[path]! }, members[path]);
        writeFolder(join(root, 'all', path.replace('std/', '')), graph!, { stages: 4, batch: 8, microBatches: 4 });
      }
      expect(runPython(python!, compose, [join(root, 'all')])).toBe('');
      if (!linter) return;
      expect(runPython(linter, lint, [join(root, 'all'), 'efficientnet'])).toBe('');
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);

test('a stage states what it hands over, and which of it has a gradient', () => {
  const { graph } = build(
    model(
      '  input image: [3, 8, 8]\n  a: c: Conv(4, 3)\n  b: Conv(4, 3)\n  c: Conv(3, 3) -> Add(image) -> Add(a -> d: Conv(3, 1))',
    ),
  );
  const plan = planPipeline(graph!, { stages: 3, batch: 4, microBatches: 2, cuts: ['b', 'c'], schedule: 'gpipe' });
  if ('problem' in plan) throw new Error(plan.problem);
  const text = writeStages(graph!, plan);
  expect(text).toContain(
    'def forward(self, image: Tensor, a_c: Tensor) -> tuple[Tensor, Tensor, Tensor]:\n        x = self.b(a_c)\n        return image, a_c, x',
  );
  expect(text).toContain(`SCHEDULE = "gpipe"
# images per step, and the number of parts that they are split into
BATCH, MICRO_BATCHES = 4, 2`);
  expect(text).toContain('    [((3, 8, 8), False), ((4, 8, 8), True), ((4, 8, 8), True)],');
});

test('compile writes the stages of the plan that pipeline prints', async () => {
  const cwd = folderWith({
    'net.enet': model(
      '  input image: [3, 16, 16]\n  a: c: Conv(4, 3) -> n: BatchNorm -> relu\n  b: GlobalAvgPool -> l: Linear(2)',
    ),
  });
  const plan = ['--stages', '2', '--batch', '8', '--micro-batches', '4', '--recompute', 'all'];
  const written = await enetc(['compile', 'net.enet', '--target', 'pytorch', '--train-script', ...plan, '-o', 'out'], {
    cwd,
  });
  expect(written).toMatchObject({ code: 0 });
  const printed = await enetc(['pipeline', 'net.enet', ...plan, '--json'], { cwd });
  const [first, second] = (JSON.parse(printed.out) as { stages: { from: string; to: string }[] }).stages;
  const text = await enetc(['compile', 'net.enet', '--target', 'pytorch', '--train-script', '--stages', '9'], { cwd });
  expect(text).toMatchObject({ code: 1, err: expect.stringContaining('too few for 9 stages') });
  const stages = readStages(cwd);
  expect(stages).toContain(`"""From ${first!.from} to ${first!.to}."""`);
  expect(stages).toContain(`"""From ${second!.from} to ${second!.to}."""`);
  expect(stages).toContain('RECOMPUTES = [True, True]');

  const refused = async (...argv: string[]) => (await enetc(['compile', 'net.enet', ...argv], { cwd })).err;
  expect(await refused('--stages', '2')).toContain('--stages belongs to --target pytorch, not to onnx');
  expect(await refused('--target', 'pytorch', '--stages', '2')).toContain('--stages needs --train-script');
  expect(await refused('--target', 'pytorch', '--train-script', '--schedule', 'gpipe')).toContain('--stages 8');
});

function readStages(cwd: string): string {
  return readFileSync(join(cwd, 'out', 'stages.py'), 'utf8');
}
