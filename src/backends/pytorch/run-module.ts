import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostTensor } from '../runner.ts';

/**
 * What Python runs: the module of the folder that is its argument, with its weights, evaluated once. The inputs come as one line of
 * JSON, in the order of `forward`, the outputs go as one, in the order of the network's; numbers are float32 in base64.
 */
const script = `
import base64, json, os, sys
out = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
try:
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = True
    import numpy as np, torch
    from safetensors.torch import load_file
    from model import create_model
    net = create_model()
    net.load_state_dict(load_file(os.path.join(sys.argv[1], 'weights.safetensors')), strict=True)
    net.eval()
    inputs = []
    for value in json.load(sys.stdin):
        data = np.frombuffer(base64.b64decode(value['data']), np.float32).reshape(value['shape'])
        inputs.append(torch.from_numpy(data.copy()))
    with torch.no_grad():
        result = net(*inputs)
    if isinstance(result, dict):
        result = list(result.values())
    elif not isinstance(result, (list, tuple)):
        result = [result]
    outputs = []
    for tensor in result:
        array = np.ascontiguousarray(tensor.numpy(), np.float32)
        outputs.append({'shape': list(array.shape), 'data': base64.b64encode(array.tobytes()).decode()})
    answer = {'outputs': outputs}
except Exception as e:
    answer = {'error': f'{type(e).__name__}: {e}'.split('\\n')[0][:500]}
print(json.dumps(answer), file=out, flush=True)
`;

interface Answer {
  readonly error?: string;
  readonly outputs?: readonly { readonly shape: readonly number[]; readonly data: string }[];
}

/**
 * Evaluates a module that the target `pytorch` wrote, as users do: with its weights loaded strictly.
 * @param python with torch and safetensors, see `findTorchPython`
 * @param files by name: `model.py` and `weights.safetensors`
 * @param inputs in the order of the network's, the batch included; images are channels first
 * @returns the outputs in the order of the network's
 * @throws Error with Python's message
 */
export async function runModule(
  python: string,
  files: ReadonlyMap<string, Uint8Array>,
  inputs: readonly HostTensor[],
): Promise<readonly HostTensor[]> {
  const folder = mkdtempSync(join(tmpdir(), 'enetc-torch-'));
  try {
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    const given = inputs.map(({ shape, data }) => ({
      shape,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    }));
    const printed = await runScript(python, folder, JSON.stringify(given));
    if (printed === '') throw new Error('Python ended without an answer');
    const { error, outputs = [] } = JSON.parse(printed) as Answer;
    if (error !== undefined) throw new Error(error);
    return outputs.map(({ shape, data }) => ({
      shape,
      data: new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the script prints, given a text. */
function runScript(python: string, folder: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-c', script, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
    const parts: Buffer[] = [];
    child.once('error', reject);
    // a Python that ends early is noticed by its missing answer
    child.stdin.on('error', () => {});
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.once('close', () => resolve(Buffer.concat(parts).toString('utf8')));
    child.stdin.end(input);
  });
}
