import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** A way in which somebody, or a disk, has changed a run's folder. */
export interface Tampering {
  readonly name: string;
  apply(run: string): void;
}

const files = ['config.json', 'metrics.jsonl', 'events.out.tfevents.0.enetc', 'lock', 'best.json'];
const weights = ['best.safetensors', 'last.safetensors'];
const folders = ['spec', 'checkpoints'];

/** Every kind of damage to every part of a run: what is there, what it is, and what stands in it. */
export function tamperings(run: string): Tampering[] {
  const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as Json;
  const states = readdirSync(join(run, 'checkpoints')).sort();
  const newest = join('checkpoints', states.at(-1) as string);
  const all = [...files, ...weights, newest, 'spec/tiny.enet'];
  return [
    ...all.flatMap((name) => ofFile(name)),
    ...folders.flatMap((name) => ofFolder(name)),
    ...ofJson('config.json', config),
    ...ofState(newest),
    ...['null', '[]', '7', '{}', '{"kind":"step"}', '{"kind":"epoch","epoch":0}', '{"kind":"epoch'].map((line) => ({
      name: `metrics.jsonl begins with ${line}`,
      apply: (at: string) => {
        const path = join(at, 'metrics.jsonl');
        const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n');
        writeFileSync(path, [line.padEnd(first.length), ...rest].join('\n'));
      },
    })),
    {
      name: 'both checkpoints are cut',
      apply: (at) => {
        for (const state of states) writeFileSync(join(at, 'checkpoints', state), 'cut');
      },
    },
    {
      name: 'both checkpoints are another state',
      apply: (at) => {
        for (const state of states) copyFileSync(join(at, 'last.safetensors'), join(at, 'checkpoints', state));
      },
    },
    ...['step-000000999.safetensors', 'step-99999999999999999999.safetensors', 'step-1.safetensors', 'notes.txt'].map(
      (name) => ({
        name: `a foreign file checkpoints/${name}`,
        apply: (at: string) => writeFileSync(join(at, 'checkpoints', name), 'notes'),
      }),
    ),
    {
      name: 'a foreign spec that is not text',
      apply: (at) => writeFileSync(join(at, 'spec', 'more.enet'), Buffer.from([0xff, 0xfe, 0])),
    },
    { name: 'a folder called x.enet in spec', apply: (at) => mkdirSync(join(at, 'spec', 'x.enet')) },
    { name: 'a link to itself in spec', apply: (at) => symlinkSync('x.enet', join(at, 'spec', 'x.enet')) },
  ];
}

export type Json = { [key: string]: unknown };

function ofFile(name: string): Tampering[] {
  const change = (what: string, make: (path: string) => void): Tampering => ({
    name: `${name} ${what}`,
    apply: (run) => {
      const path = join(run, name);
      const bytes = existsSync(path) ? readFileSync(path) : Buffer.from('{}');
      rmSync(path, { force: true });
      make(path);
      if (what === 'is cut') writeFileSync(path, bytes.subarray(0, bytes.length / 2));
      if (what === 'is text of no meaning')
        writeFileSync(
          path,
          bytes.map((b) => b ^ 0x55),
        );
      if (what === 'is a link to its file') {
        writeFileSync(`${path}.moved`, bytes);
        symlinkSync(`${path}.moved`, path);
      }
    },
  });
  return [
    change('is missing', () => {}),
    change('is empty', (path) => writeFileSync(path, '')),
    change('is cut', () => {}),
    change('is text of no meaning', () => {}),
    change('is a link to its file', () => {}),
    change('is a link to nothing', (path) => symlinkSync('nowhere', path)),
    change('is a link to itself', (path) => symlinkSync(path, path)),
    change('is a folder', (path) => mkdirSync(path)),
    change('is a folder with a file', (path) => {
      mkdirSync(path);
      writeFileSync(join(path, 'x'), '');
    }),
    change('is a pipe', (path) => execFileSync('mkfifo', [path])),
    change('is a device', (path) => symlinkSync('/dev/zero', path)),
  ];
}

function ofFolder(name: string): Tampering[] {
  const moved = (make: (path: string) => void) => (run: string) => {
    renameSync(join(run, name), join(run, `${name}.moved`));
    make(join(run, name));
  };
  return [
    { name: `${name} is missing`, apply: moved(() => {}) },
    { name: `${name} is empty`, apply: moved((path) => mkdirSync(path)) },
    { name: `${name} is a file`, apply: moved((path) => writeFileSync(path, '')) },
    { name: `${name} is a link to its folder`, apply: moved((path) => symlinkSync(`${path}.moved`, path)) },
    { name: `${name} is a link to nothing`, apply: moved((path) => symlinkSync('nowhere', path)) },
    { name: `${name} is a pipe`, apply: moved((path) => execFileSync('mkfifo', [path])) },
  ];
}

const wrong: readonly unknown[] = [null, 'text', -1, 1e300, { a: 1 }];

/** Each key, at each depth: missing, and of each wrong type; and a key that there is not. */
export function ofJson(name: string, value: Json): Tampering[] {
  const made: Tampering[] = [];
  const write = (what: string, changed: Json, raw?: (text: string) => string) =>
    made.push({
      name: `${name}: ${what}`,
      apply: (run) => {
        const text = JSON.stringify(changed);
        writeFileSync(join(run, name), raw ? raw(text) : text);
      },
    });
  const visit = (part: Json, path: readonly string[]) => {
    for (const [key, old] of Object.entries(part)) {
      const here = [...path, key].join('.');
      write(`${here} is missing`, withValue(value, [...path, key], undefined));
      for (const other of wrong) {
        if (JSON.stringify(other) === JSON.stringify(old)) continue;
        write(`${here} is ${JSON.stringify(other)}`, withValue(value, [...path, key], other));
      }
      if (key === 'rate')
        write(`${here} is NaN`, withValue(value, [...path, key], '#'), (text) => text.replace('"#"', 'NaN'));
      write(`${here} is 1e999`, withValue(value, [...path, key], '#'), (text) => text.replace('"#"', '1e999'));
      if (typeof old === 'object' && old !== null && !Array.isArray(old)) visit(old as Json, [...path, key]);
    }
  };
  visit(value, []);
  write('a key that there is not', { ...value, more: 1 });
  return made;
}

function withValue(value: Json, [key = '', ...rest]: readonly string[], to: unknown): Json {
  const { [key]: old, ...others } = value;
  if (rest.length > 0) return { ...value, [key]: withValue(old as Json, rest, to) };
  return to === undefined ? others : { ...value, [key]: to };
}

/** The state within a checkpoint's metadata, of the same length so that the rest stays whole. */
function ofState(name: string): Tampering[] {
  const replaced = (what: string, from: RegExp, to: (found: string) => string): Tampering => ({
    name: `${name}: ${what}`,
    apply: (run) => {
      const path = join(run, name);
      const text = readFileSync(path, 'latin1');
      const changed = text.replace(from, (found) => to(found).padEnd(found.length).slice(0, found.length));
      if (changed === text) throw new Error(`${what}: nothing was changed`);
      writeFileSync(path, changed, 'latin1');
    },
  });
  return [
    replaced('no state', /"state"/, () => '"stat3"'),
    replaced('another format', /training state 1/, () => 'training state 2'),
    replaced('another configuration', /"config":"[0-9a-f]{16}"/, () => '"config":"0123456789abcdef"'),
    replaced('step is negative', /step\\":\d\d*/, (found) => found.replace(/\d$/, '-')),
    replaced('epoch is more', /epoch\\":\d/, (found) => found.replace(/\d$/, '9')),
    replaced('images are a text', /images\\":\d/, (found) => found.replace(/\d$/, 't')),
    replaced('a variable of another name', /"stem\./, () => '"stam.'),
    replaced('a variable of another shape', /"shape":\[8,1/, () => '"shape":[1,8'),
    replaced('another dtype', /"dtype":"F32"/, () => '"dtype":"I32"'),
    replaced('the checksum', /"crc32":"[0-9a-f]{8}"/, () => '"crc32":"00000000"'),
  ];
}
