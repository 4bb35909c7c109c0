import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What Python runs: each part of the module alone, forward and backward, with the values that it has in the network. */
const script = `
import json, os, statistics, sys, time
out = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)

def say(value):
    print(json.dumps(value), file=out, flush=True)

try:
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = True
    asked = json.load(sys.stdin)
    import torch
    from torch import nn
    from model import create_model
    torch.manual_seed(0)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    net = create_model().to(device).train()
    containers = (nn.Sequential, nn.ModuleList, nn.ModuleDict)

    def parts(path, module):
        inner = list(module.modules())[1:]
        if path == '' or isinstance(module, containers) or any(isinstance(m, containers) for m in inner):
            for name, child in module.named_children():
                yield from parts(f'{path}.{name}' if path else name, child)
        elif not isinstance(module, nn.Identity):
            yield path, module

    def each(value):
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, dict):
            for v in value.values():
                yield from each(v)
        elif isinstance(value, (list, tuple)):
            for v in value:
                yield from each(v)

    inputs = [torch.randn(shape, device=device) for shape in asked['inputs']]
    own = {id(value) for value in inputs}

    def leaf(value):
        if isinstance(value, torch.Tensor):
            needs = value.is_floating_point() and id(value) not in own
            return value.detach().requires_grad_(needs)
        if isinstance(value, dict):
            return {k: leaf(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [leaf(v) for v in value]
        return value

    def now():
        if device.type == 'cuda':
            torch.cuda.synchronize()
        return time.perf_counter()

    def once(module, args, kwargs):
        args, kwargs = leaf(args), leaf(kwargs)
        with torch.enable_grad():
            start = now()
            result = module.forward(*args, **kwargs)
            forward = now() - start
            ends = [t for t in each(result) if t.requires_grad]
            needed = [t for t in each([args, kwargs]) if t.requires_grad]
            needed += [p for p in module.parameters() if p.requires_grad]
            given = [torch.ones_like(t) for t in ends]
            start = now()
            if ends and needed:
                torch.autograd.grad(ends, needed, given, allow_unused=True)
            return forward, now() - start

    def measure(path):
        def hook(module, args, kwargs):
            once(module, args, kwargs)
            runs, start, least = [], now(), float('inf')
            # counted by the quickest run, so that a short part gets its runs on a busy machine too
            while len(runs) < 3 or (
                len(runs) < 30 and least * len(runs) < asked['seconds'] and now() - start < 10 * asked['seconds']
            ):
                runs.append(once(module, args, kwargs))
                least = min(least, sum(runs[-1]))
            forward, backward = (statistics.median(half) for half in zip(*runs))
            say({'path': path, 'forward': forward, 'backward': backward})
        return hook

    found = list(parts('', net))
    say({'parts': len(found)})
    for path, module in found:
        module.register_forward_pre_hook(measure(path), with_kwargs=True)
    with torch.no_grad():
        net(*inputs)
    name = torch.cuda.get_device_name() if device.type == 'cuda' else f'CPU, {torch.get_num_threads()} threads'
    say({'device': name})
except Exception as e:
    say({'error': f'{type(e).__name__}: {e}'.split('\\n')[0][:500]})
`;

/**
 * Seconds for which the runs of a part are repeated, for the median: from 3 to 30 times. Each run counts as the quickest, and all of
 * them may take ten times as long, since on a busy machine a few runs in which others have the core would be all there are.
 */
const secondsPerPart = 0.3;

/** Seconds of a part of a network, for all images of a batch. */
export interface PartTime {
  readonly forward: number;
  readonly backward: number;
}

export interface ModuleTimes {
  /** By the path of the part. */
  readonly parts: ReadonlyMap<string, PartTime>;
  /** `NVIDIA H100`, or `CPU, 2 threads`. */
  readonly device: string;
}

type Said = {
  readonly error?: string;
  readonly parts?: number;
  readonly device?: string;
  readonly path?: string;
} & Partial<PartTime>;

/**
 * Measures how long the parts of a module that the target `pytorch` wrote take in training, forward and backward: its blocks, and each
 * call of a row's block. Each part is run alone with the values that it has in the network, so that only one needs memory at a time; on the GPU that PyTorch sees, else on the CPU. Computations between parts are not measured.
 * @param python with torch, see `findTorchPython`
 * @param folder for the module, which its caller removes
 * @param model the text of `model.py`
 * @param inputs shapes with the batch, in the order of the network's
 * @param onPart called after each part, with how many there are
 * @throws Error with Python's message
 */
export async function measureModule(
  python: string,
  folder: string,
  model: string,
  inputs: readonly (readonly number[])[],
  onPart: (done: number, of: number) => void,
): Promise<ModuleTimes> {
  writeFileSync(join(folder, 'model.py'), model);
  const child = spawn(python, ['-c', script, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const started = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    // a Python that ends early is noticed by its missing answer
    child.stdin.on('error', () => {});
    await started;
    child.stdin.end(JSON.stringify({ inputs, seconds: secondsPerPart }));
    const parts = new Map<string, PartTime>();
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Said;
      if (said.error !== undefined) throw new Error(said.error);
      if (said.device !== undefined) return { parts, device: said.device };
      count = said.parts ?? count;
      if (said.path === undefined) continue;
      const { forward = 0, backward = 0 } = said;
      // a shared part is called more than once
      const before = parts.get(said.path) ?? { forward: 0, backward: 0 };
      parts.set(said.path, { forward: before.forward + forward, backward: before.backward + backward });
      onPart(parts.size, count);
    }
    throw new Error('Python ended without an answer');
  } finally {
    child.kill();
  }
}
