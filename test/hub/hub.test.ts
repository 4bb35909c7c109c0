import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { machine } from '../../src/node/temporary-names.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { writeIdx } from '../train/run/fixture.ts';
import { type Faults, type ServedRepo, servedCommit, serveHub } from './hub-server.ts';

const repo = 'acme/tiny_net.v1';
const config = new TextEncoder().encode('{"architecture":"tiny"}');

/** A folder with a spec and its weights, these on a hub too, and an empty cache. */
async function published({ faults = {}, ...of }: Partial<ServedRepo> & { faults?: Faults } = {}) {
  const cwd = folder({ 'tiny.enet': tiny });
  expect((await enetc(['weights', 'init', 'tiny.enet', '--seed', '7', '-o', 'w.safetensors'], { cwd })).code).toBe(0);
  const weights = new Uint8Array(readFileSync(join(cwd, 'w.safetensors')));
  const files = { 'README.md': config, 'config.json': config, 'model.safetensors': weights };
  const hub = await serveHub({ [repo]: { files, large: ['model.safetensors'], ...of } }, faults);
  onTestFinished(hub.close);
  const cache = join(cwd, 'cache');
  for (const [name, value] of Object.entries({ HF_ENDPOINT: hub.url, HF_HUB_CACHE: cache, HF_TOKEN: '' })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const compile = (name: string, ...more: string[]) =>
    enetc(['compile', 'tiny.enet', '--weights', name, '-o', 'net.onnx', '--force', ...more], { cwd });
  /** What a model has of the file: its last layer, which nothing is folded into, as it is. */
  const holdsWeights = () => readFileSync(join(cwd, 'net.onnx')).includes(Buffer.from(classifierOf(weights)));
  const blobs = join(cache, 'models--acme--tiny_net.v1/blobs');
  return { cwd, hub, weights, cache, compile, holdsWeights, blobs };
}

function classifierOf(weights: Uint8Array): Uint8Array {
  const length = new DataView(weights.buffer, weights.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + length)));
  const [begin, end] = header['classifier.weight'].data_offsets;
  return weights.subarray(8 + length + begin, 8 + length + end);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test.each([repo, `hf://${repo}`, `hf://${repo}/model.safetensors`, `hf://${repo}@main`, `${repo}@${servedCommit}`])(
  'weights named %s are fetched once, and are those of the file; the second time needs no hub',
  async (name) => {
    const { hub, compile, holdsWeights, cache, cwd, weights } = await published();
    expect(await compile(name)).toMatchObject({ code: 0, err: '' });
    expect(holdsWeights()).toBe(true);
    expect(hub.requests().filter((line) => line.startsWith('GET /acme') && !line.endsWith('=0-0'))).toHaveLength(2);
    // as other clients of the hub keep it
    const root = join(cache, 'models--acme--tiny_net.v1');
    expect(readFileSync(join(root, 'snapshots', servedCommit, 'model.safetensors'))).toEqual(Buffer.from(weights));
    expect(readdirSync(join(root, 'blobs'))).toContain(sha256(weights));
    expect(existsSync(join(root, 'snapshots', servedCommit, 'config.json'))).toBe(true);
    await hub.close();
    rmSync(join(cwd, 'net.onnx'));
    expect(await compile(name)).toMatchObject({ code: 0, err: '' });
    expect(holdsWeights()).toBe(true);
    expect(hub.requests()).toEqual([]);
  },
);

test('a download whose connection is cut goes on where it was', async () => {
  const { hub, compile, holdsWeights, weights } = await published({ faults: { cut: { after: 600, times: 2 } } });
  expect(await compile(repo)).toMatchObject({ code: 0, err: '' });
  expect(holdsWeights()).toBe(true);
  const ranges = hub.requests().flatMap((line) => /model.safetensors bytes=([1-9]\d*-\d+)$/.exec(line)?.[1] ?? []);
  expect(ranges).toEqual([`600-${weights.length - 1}`, `1200-${weights.length - 1}`]);
});

test('what a process that was killed has left is continued by the next one, and nothing of it stays', async () => {
  const { hub, compile, weights, blobs } = await published();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  mkdirSync(blobs, { recursive: true });
  writeFileSync(join(blobs, `${sha256(weights)}.enetc-${machine}-${pid}.incomplete`), weights.slice(0, 700));
  expect(await compile(repo)).toMatchObject({ code: 0, err: '' });
  expect(hub.requests().join('\n')).toContain(`bytes=700-${weights.length - 1}`);
  expect(readdirSync(blobs).filter((name) => name.includes('incomplete'))).toEqual([]);
});

test('where no byte comes any more the part is kept and the error says why', async () => {
  const { compile, blobs } = await published({ faults: { cut: { after: 0, times: 99 } } });
  const ran = await compile(repo);
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(`'${repo}' cannot be fetched: `) });
  expect(readdirSync(blobs).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([]);
});

test('a file that was changed on its way is refused and not kept', async () => {
  const { compile, blobs, cwd } = await published({ faults: { damaged: true } });
  const ran = await compile(repo);
  expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/was changed in transit: its checksum is/) });
  expect(readdirSync(blobs)).toEqual([]);
  expect(existsSync(join(cwd, 'net.onnx'))).toBe(false);
});

test.each([
  ['hf://acme/missing', 'there is no such repository on 127.0.0.1:'],
  ['acme/missing', 'there is no such repository on 127.0.0.1:'],
  [`hf://${repo}@v9`, 'it has no such revision'],
  [`hf://${repo}/model.safetensor`, "has no file 'model.safetensor'; did you mean 'model.safetensors'?"],
  [`hf://${repo}/../x`, 'names no weights: the form is hf://owner/repo'],
  ['hf://acme', 'names no weights: the form is hf://owner/repo'],
  ['acme/tiny.safetensors', "'acme/tiny.safetensors' cannot be read: there is no such file or folder"],
])('%s is refused with the reason', async (name, reason) => {
  const { compile } = await published();
  expect(await compile(name)).toMatchObject({ code: 1, err: expect.stringContaining(reason) });
});

test('a gated repository needs a token', async () => {
  const { compile } = await published({ gated: true });
  expect((await compile(repo)).err).toContain('it is gated: accept its terms on 127.0.0.1');
  vi.stubEnv('HF_TOKEN', 'hf_let_me_in');
  expect(await compile(repo)).toMatchObject({ code: 0, err: '' });
});

test('no network, a hub that fails, and one that must not be asked', async () => {
  const { hub, compile } = await published({ faults: { status: 503 } });
  expect((await compile(repo)).err).toContain('answers with status 503: try again later');
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  expect((await compile(repo)).err).toContain('is not in the cache, and HF_HUB_OFFLINE forbids fetching it');
  vi.stubEnv('HF_HUB_OFFLINE', '');
  await hub.close();
  expect((await compile(repo)).err).toMatch(
    /127.0.0.1:\d+ cannot be reached \(ECONNREFUSED\), and it is not in the cache/,
  );
});

test('a repository without weights says what it has', async () => {
  const { compile } = await published({ files: { 'README.md': config } });
  expect((await compile(repo)).err).toContain('has no file of weights such as model.safetensors; it has README.md');
});

test('of several files one must be named; a path that exists is a path', async () => {
  const one = new Uint8Array(8);
  const { compile, cwd } = await published({ files: { 'a.safetensors': one, 'b.safetensors': one }, large: [] });
  expect((await compile(repo)).err).toContain('has several files of weights: a.safetensors, b.safetensors. Name one');
  mkdirSync(join(cwd, 'acme'));
  expect((await compile(repo)).err).toContain(`'${repo}' cannot be read: there is no such file or folder`);
});

test('train and eval take weights by their name, as they take the file', async () => {
  const { cwd, hub } = await published();
  writeIdx(join(cwd, 'data'), 16, 8, 4);
  const common = ['--data', 'data', '--backend', 'cpu'];
  const trained = async (weights: string, out: string) => {
    const how = [...common, '--epochs', '1', '--batch', '8', '--seed', '3', '--out', out, '--quiet'];
    const ran = await enetc(['train', 'tiny.enet', '--weights', weights, ...how], { cwd });
    expect(ran).toMatchObject({ code: 0, err: '' });
    return readFileSync(join(cwd, out, 'last.safetensors')).subarray(-64);
  };
  const evaluated = async (weights: string) =>
    JSON.parse((await enetc(['eval', 'tiny.enet', '--weights', weights, ...common, '--json'], { cwd })).out).loss;
  const [byName, loss] = [await trained(repo, 'named'), await evaluated(`hf://${repo}`)];
  await hub.close();
  expect(loss).toBeGreaterThan(0);
  expect(byName).toEqual(await trained('w.safetensors', 'file'));
  expect(loss).toBe(await evaluated('w.safetensors'));
  // what a run begins with is asked for again when it goes on, and the cache has it
  expect((await enetc(['train', '--resume', 'named', '--epochs', '2', '--quiet'], { cwd })).code).toBe(0);
});
