import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { applyPasses } from '../../src/6-emit/emit.ts';
import { writeStages } from '../../src/6-emit/pytorch/stages/write-stages.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import { writeTrain } from '../../src/6-emit/pytorch/train-script/write-train.ts';
import { writeModel } from '../../src/6-emit/pytorch/write-model.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { planPipeline } from '../../src/pipeline/plan.ts';
import { excerpt } from '../../src/source.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { findPython, runPython } from '../oracle.ts';
import { members, models } from './members.ts';

const python = findPython(['torch']);
const linter = findPython(['ruff', 'mypy', 'torch']);
const scriptLinter = findPython(['ruff', 'mypy', 'torch', 'safetensors', 'PIL']);

/** Writes what a test needs into a folder that is gone after it. */
function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'enet-torch-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeGraph(folder: string, name: string, path: string, options: CompileOptions) {
  const { graph } = compile({ name: path, text: stdlib[path]! }, options);
  const written = applyPasses(graph!, pytorchTarget, {});
  writeFileSync(join(folder, `${name.replace(/\W/g, '_')}.py`), writeModel(written));
  return written;
}

/** What mypy has found out about torch, once for the tests of this file. */
const checked = mkdtempSync(join(tmpdir(), 'enet-mypy-'));
afterAll(() => rmSync(checked, { recursive: true }));

const lint = `
import subprocess, sys
folder, cache = sys.argv[1:]
for command in (["ruff", "check", "--isolated"], ["ruff", "format", "--isolated", "--diff"], ["mypy", "--cache-dir", cache]):
    done = subprocess.run([sys.executable, "-m", *command, "."], cwd=folder, capture_output=True, text=True)
    print(command[0], done.returncode, "" if done.returncode == 0 else done.stdout + done.stderr)
`;

test.skipIf(!linter)('what is written is formatted as ruff does, and clean under its rules and mypy', () => {
  inFolder((folder) => {
    for (const path of models) writeGraph(folder, path, path, members[path] ?? {});
    expect(runPython(linter!, lint, [folder, checked])).toBe('ruff 0 \nruff 0 \nmypy 0 \n');
  });
});

test.skipIf(!scriptLinter)('so is train.py with its stages, of a network with auxiliary outputs', () => {
  inFolder((folder) => {
    const path = 'std/googlenet';
    const graph = writeGraph(folder, 'model', path, members[path] ?? {});
    const plan = planPipeline(graph, { stages: 3, batch: 8, microBatches: 4 });
    if ('problem' in plan) throw new Error(plan.problem);
    writeFileSync(join(folder, 'train.py'), writeTrain(graph, true));
    writeFileSync(join(folder, 'stages.py'), writeStages(graph, plan));
    expect(runPython(scriptLinter!, lint, [folder, checked])).toBe('ruff 0 \nruff 0 \nmypy 0 \n');
  });
});

test.skipIf(!python)('every published member has the tensors of its spec', () => {
  const script = `
import importlib.util, json, sys, torch
for name, shapes in json.loads(open(sys.argv[1] + "/shapes.json").read()).items():
    spec = importlib.util.spec_from_file_location("model", f"{sys.argv[1]}/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with torch.device("meta"):
        state = module.create_model().state_dict()
    found = {k: list(v.shape) for k, v in state.items() if not k.endswith("num_batches_tracked")}
    for key in sorted(found.keys() | shapes.keys()):
        if found.get(key) != shapes.get(key):
            print(name, key, found.get(key), shapes.get(key))
`;
  inFolder((folder) => {
    const shapes: Record<string, Record<string, readonly number[]>> = {};
    for (const path of models) {
      for (const variant of variantsOf(path)) {
        const name = `${path}_${variant}`.replace(/\W/g, '_');
        const graph = writeGraph(folder, name, path, variant === '' ? {} : { variant });
        shapes[name] = Object.fromEntries([...graphTensors(graph)].map(({ tensor }) => [tensor.name, tensor.shape]));
      }
    }
    expect(Object.keys(shapes).length).toBeGreaterThan(100);
    writeFileSync(join(folder, 'shapes.json'), JSON.stringify(shapes));
    expect(runPython(python!, script, [folder])).toBe('');
  });
});

function variantsOf(path: string): readonly string[] {
  const { model: declared } = compile({ name: path, text: stdlib[path]! });
  const variants = declared?.node.members.find((member) => member.kind === 'variants');
  if (variants?.kind !== 'variants') return [''];
  return variants.rows.rows.map(({ cells: [name] }) => {
    const value = name?.values[0];
    return value?.kind === 'name' ? value.text : value?.kind === 'number' ? excerpt(value.span) : '';
  });
}

test('a Weight whose name begins those of other tensors is refused', () => {
  const text = (label: string) => `model Net {
  input image: [3, 8, 8]
  stem: Conv(8, kernel: 3)
  edges: ${label}Weight([8, 8, 8], std: 0.5) -> conv: Conv(8, kernel: 3) -> Add(stem)
}
`;
  const problemsOf = (label: string) => {
    const { graph, diagnostics } = compile({ name: 'net.enet', text: text(label) });
    expect(diagnostics).toEqual([]);
    return pytorchTarget.check(graph!, pytorchTarget.defaults);
  };
  expect(problemsOf('')).toMatchObject([
    { code: 'pytorch-name', message: expect.stringContaining("the parameter 'edges' and 'edges.conv.weight'") },
  ]);
  expect(problemsOf('start: ')).toEqual([]);
});
