// Measures what docs/benchmarks.md reports: npm run bench [-- SECTION ...]
// Sections: check, compile, memory, latency, linear. Peers need a Python with torch, timm, onnx, onnxruntime and
// safetensors (ENET_PYTHON, else python3); what has no peer here is said and left out.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareProcesses, median, runProcess } from './processes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const enetc = [process.execPath, join(root, 'dist/enetc.cjs')];
const folder = mkdtempSync(join(tmpdir(), 'enet-bench-'));
const file = (name: string) => join(folder, name);
const results: Record<string, unknown> = {};

const sections: Record<string, () => Promise<void>> = { check, compile, memory, latency, linear };
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
  for (const candidate of [process.env.ENET_PYTHON, 'python3'].filter((c) => c !== undefined)) {
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
      // the next one
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

/** Whole processes from a cold start: checking the EfficientNet spec against a Node that does nothing. */
async function check(): Promise<void> {
  const spec = join(root, 'stdlib/efficientnet.enet');
  report('check efficientnet / node -e 0', {
    ...(await compareProcesses([...enetc, 'check', spec], [process.execPath, '-e', '0'], 21)),
  });
}

/** B0 and B5 with weights to file, against torch.onnx.export's process. */
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

/** L2, 480 M parameters, 1.9 GB: the peak of the process. */
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

/** Checking a spec of 10,000 rows against one of 1,000. */
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
