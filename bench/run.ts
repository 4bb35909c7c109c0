// Measures what docs/benchmarks.md reports: npm run bench [-- SECTION ...]
// Sections: check, compile, memory, latency, engines, linear, ide, training. Peers need a Python with torch, timm, onnx, onnxruntime and
// safetensors, for training also keras and tensorflow (ENET_PYTHON, else python3; several are separated by colons);
// missing peers are reported and skipped. Training needs a linked TensorFlow (enetc backend install tensorflow).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineTable } from './engines.ts';
import { keystrokeCosts } from './ide.ts';
import { compareProcesses, median, runProcess } from './processes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const enetc = [process.execPath, join(root, 'dist/enetc.cjs')];
const folder = mkdtempSync(join(tmpdir(), 'enet-bench-'));
const file = (name: string) => join(folder, name);
const results: Record<string, unknown> = {};

const sections: Record<string, () => Promise<void>> = {
  check,
  compile,
  memory,
  latency,
  engines,
  linear,
  ide,
  training,
};
const asked = process.argv.slice(2);
for (const name of asked)
  if (!(name in sections)) throw new Error(`no section '${name}'; there are ${Object.keys(sections).join(', ')}`);

try {
  execFileSync('npm', ['run', '--silent', 'build', '--', '--no-types'], { cwd: root, stdio: 'inherit' });
  for (const name of asked.length > 0 ? asked : Object.keys(sections)) await (sections[name] as () => Promise<void>)();
  console.log(JSON.stringify(results, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A Python with the peers, or undefined. */
function python(modules: string): string | undefined {
  for (const candidate of [...(process.env.ENET_PYTHON?.split(':') ?? []), 'python3']) {
    try {
      execFileSync(
        candidate,
        [
          '-c',
          modules
            .split(' ')
            .map((m) => `import importlib.util as u; assert u.find_spec("${m}")`)
            .join(';'),
        ],
        { stdio: 'ignore' },
      );
      return candidate;
    } catch {
      // try the next one
    }
  }
  console.log(`left out: no Python with ${modules} (set ENET_PYTHON)`);
  return undefined;
}

function report(name: string, value: Record<string, unknown>): void {
  results[name] = value;
  const text = Object.entries(value).map(([k, v]) => `${k} ${typeof v === 'number' ? Number(v.toPrecision(4)) : v}`);
  console.log(`${name}: ${text.join(', ')}`);
}

/** Whole processes from a cold start: checking the EfficientNet spec, compared with a Node that does nothing. */
async function check(): Promise<void> {
  const spec = join(root, 'stdlib/efficientnet.enet');
  report('check efficientnet / node -e 0', {
    ...(await compareProcesses([...enetc, 'check', spec], [process.execPath, '-e', '0'], 21)),
  });
}

/** B0 and B5 with weights to a file, compared with torch.onnx.export's process. */
async function compile(): Promise<void> {
  const py = python('torch timm onnx onnxscript');
  for (const [model, size, variant] of [
    ['efficientnet_b0', '224', 'b0'],
    ['efficientnet_b5', '456', 'b5'],
  ] as const) {
    const ours = [...enetc, 'compile', 'efficientnet', '--variant', variant, '-o', file(`${variant}.onnx`), '--quiet'];
    if (!py) {
      await runProcess(ours);
      const runs = [await runProcess(ours), await runProcess(ours), await runProcess(ours)];
      report(`compile ${variant}`, {
        seconds: median(runs.map((r) => r.seconds)),
        peakMb: Math.max(...runs.map((r) => r.peakMb ?? 0)),
      });
      continue;
    }
    const theirs = [py, join(root, 'bench/export_torch.py'), model, size, file(`${model}.onnx`)];
    const compared = await compareProcesses(ours, theirs, 5);
    report(`compile ${variant} / torch.onnx.export`, { ...compared, times_faster: 1 / compared.ratio });
  }
}

/** L2, 480 M parameters, 1.9 GB: the peak memory of the process. */
async function memory(): Promise<void> {
  const run = await runProcess([
    ...enetc,
    'compile',
    'efficientnet',
    '--variant',
    'l2',
    '-o',
    file('l2.onnx'),
    '--quiet',
  ]);
  report('compile l2', { ...run });
  rmSync(file('l2.onnx'), { force: true });
}

/** The emitted files in ONNX Runtime against PyTorch's export of the same weights. */
async function latency(): Promise<void> {
  const py = python('torch timm onnx onnxscript onnxruntime safetensors');
  if (!py) return;
  for (const [model, size, variant] of [
    ['efficientnet_b0', '224', 'b0'],
    ['efficientnet_b3', '300', 'b3'],
  ] as const) {
    await runProcess([
      py,
      join(root, 'bench/export_torch.py'),
      model,
      size,
      file('theirs.onnx'),
      file('w.safetensors'),
    ]);
    const common = [
      ...enetc,
      'compile',
      'efficientnet',
      '--variant',
      variant,
      '--convention',
      'torch',
      '--weights',
      file('w.safetensors'),
      '--quiet',
    ];
    await runProcess([...common, '-o', file('ours.onnx')]);
    for (const threads of ['1', '2']) {
      const rounds = variant === 'b0' ? '120' : '60';
      const text = execFileSync(py, [
        join(root, 'bench/latency.py'),
        threads,
        rounds,
        size,
        file('ours.onnx'),
        file('theirs.onnx'),
      ]);
      report(`latency ${variant}, ${threads} thread${threads === '1' ? '' : 's'}`, JSON.parse(String(text)));
    }
  }
}

/** Emitted files in the engines available here: the table of docs/benchmarks.md. */
async function engines(): Promise<void> {
  console.log(engineTable((modules) => python(modules.join(' ')), folder));
}

/** Checking a spec of 10,000 rows, compared with one of 1,000. */
async function linear(): Promise<void> {
  for (const rows of [1_000, 10_000]) writeFileSync(file(`${rows}.enet`), generatedSpec(rows));
  const seconds: Record<number, number[]> = { 1000: [], 10000: [] };
  for (let i = 0; i < 5; i++) {
    for (const rows of [1_000, 10_000]) {
      const run = await runProcess([...enetc, 'check', file(`${rows}.enet`)]);
      seconds[rows]?.push(run.seconds);
    }
  }
  const [small, large] = [median(seconds[1000] ?? []), median(seconds[10000] ?? [])];
  report('check 10,000 rows / 1,000 rows', { ratio: large / small, seconds_1000: small, seconds_10000: large });
}

function generatedSpec(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `    | 1      | ${8 * (1 + (i % 4))}       | 3      | 1      |`);
  return `import { ConvBnAct } from "std/blocks"

model Long {
  convention tf
  input image: [3, 32, 32]
  stages: ConvBnAct(act: relu) {
    | repeat | channels | kernel | stride |
${lines.join('\n')}
  }
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;
}

/** The cost of keystrokes in the editor's core. */
async function ide(): Promise<void> {
  for (const [name, costs] of keystrokeCosts()) report(name, costs);
}

/** Steps of EfficientNet-B0 at 224, batch 8, each side in its own process, alternating. */
async function training(): Promise<void> {
  const ours = [process.execPath, '--import', 'tsx', join(root, 'bench/train-enetc.ts'), '8', '15'];
  const peers = [
    ['Keras', python('keras tensorflow'), 'train_keras.py'],
    ['PyTorch', python('torch timm'), 'train_torch.py'],
  ] as const;
  const step = (command: readonly string[]): { seconds: number; peak_mb: number } => {
    const [file = '', ...args] = command;
    const text = execFileSync(file, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return JSON.parse(text.trim().split('\n').at(-1) ?? '');
  };
  for (const [name, py, script] of peers) {
    if (!py) continue;
    const pairs = [1, 2, 3, 4, 5].map(() => [step(ours), step([py, join(root, 'bench', script), '8', '15'])] as const);
    report(`training step of B0 / ${name}`, {
      ratio: median(pairs.map(([a, b]) => a.seconds / b.seconds)),
      memory_ratio: median(pairs.map(([a, b]) => a.peak_mb / b.peak_mb)),
      seconds: median(pairs.map(([a]) => a.seconds)),
      their_seconds: median(pairs.map(([, b]) => b.seconds)),
      peak_mb: median(pairs.map(([a]) => a.peak_mb)),
      their_peak_mb: median(pairs.map(([, b]) => b.peak_mb)),
    });
  }
}
