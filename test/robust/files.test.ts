import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSource } from '../../src/check-source.ts';
import { nodeHost } from '../../src/node/host.ts';
import { decodeSource } from '../../src/source.ts';

let root = '';
let outside = '';
const unit = 'block Unit(x) { return x -> relu }\n';
const spec = (path: string) => `import { Unit } from "${path}"\nmodel M {\n  input image: [3, 8, 8]\n  s: Unit\n}\n`;

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'enet-'));
  root = join(outside, 'root');
  mkdirSync(join(root, 'parts'), { recursive: true });
  writeFileSync(join(outside, 'secret.enet'), unit);
  writeFileSync(join(root, 'parts', 'unit.enet'), unit);
  symlinkSync(join(outside, 'secret.enet'), join(root, 'link.enet'));
  symlinkSync(outside, join(root, 'up'));
  symlinkSync(join(root, 'parts'), join(root, 'again'));
  symlinkSync(join(root, 'loop.enet'), join(root, 'loop.enet'));
  mkdirSync(join(root, 'folder.enet'));
  writeFileSync(join(root, 'latin1.enet'), Buffer.from([...Buffer.from(unit), 0xe9, 0x0a]));
});
afterAll(() => rmSync(outside, { recursive: true }));

const codes = (text: string) =>
  checkSource({ name: 'spec.enet', text }, nodeHost(root, root))
    .diagnostics.filter((d) => d.severity === 'error')
    .map((d) => d.code);

test('imports stay in the root', () => {
  expect(codes(spec('./parts/unit.enet'))).toEqual([]);
  expect(codes(spec('./parts/../parts/unit.enet'))).toEqual([]);
  expect(codes(spec('./again/unit.enet'))).toEqual([]);
  for (const path of [
    '../secret.enet',
    './parts/../../secret.enet',
    join(outside, 'secret.enet'),
    '/etc/passwd.enet',
  ]) {
    expect(codes(spec(path))).toContain('import-outside-root');
  }
});

test('imports stay in the root through symbolic links', () => {
  expect(codes(spec('./link.enet'))).toContain('import-outside-root');
  expect(codes(spec('./up/secret.enet'))).toContain('import-outside-root');
});

test('what is there and cannot be read is said', () => {
  expect(codes(spec('./folder.enet'))).toContain('file-unreadable');
  expect(codes(spec('./none.enet'))).toContain('file-not-found');
  expect(codes(spec('./loop.enet')).length).toBeGreaterThan(0);
  expect(codes(spec('./latin1.enet'))).toContain('invalid-utf8');
});

test('a file imported twice is one file, a circle is said once', () => {
  writeFileSync(join(root, 'a.enet'), 'import { B } from "./b.enet"\nblock A(x) { return x -> B }\n');
  writeFileSync(join(root, 'b.enet'), 'import { A } from "./a.enet"\nblock B(x) { return x -> A }\n');
  writeFileSync(join(root, 'c.enet'), 'import { Unit } from "./parts/unit.enet"\nblock C(x) { return x -> Unit }\n');
  const two =
    'import { Unit } from "./parts/unit.enet"\nimport { C } from "./c.enet"\nmodel M {\n  input i: [3, 8, 8]\n  s: Unit -> C\n}\n';
  expect(codes(two)).toEqual([]);
  const circle = 'import { A } from "./a.enet"\nmodel M {\n  input i: [3, 8, 8]\n  s: A\n}\n';
  expect(codes(circle).filter((code) => code === 'import-cycle')).toHaveLength(1);
});

test('line ends and byte-order marks mean nothing', () => {
  const text = spec('./parts/unit.enet').replace(
    '  s: Unit',
    '  s: Unit -> t: Conv(kernel: 1) {\n    | channels |\n    | 8 |\n  }',
  );
  for (const written of [
    text,
    text.replaceAll('\n', '\r\n'),
    `\ufeff${text}`,
    `\ufeff${text.replaceAll('\n', '\r\n')}`,
  ]) {
    const { source, valid } = decodeSource('spec.enet', new TextEncoder().encode(written));
    expect(valid).toBe(true);
    expect(codes(source.text)).toEqual([]);
  }
  // a text that was not decoded from bytes may still begin with the mark
  expect(codes(`\ufeff${text}`)).toEqual([]);
});

test('bytes that are no UTF-8 are read as far as they can be', () => {
  const { source, valid } = decodeSource(
    'spec.enet',
    Uint8Array.from([0xff, 0xfe, ...Buffer.from(spec('./parts/unit.enet')), 0xc3]),
  );
  expect(valid).toBe(false);
  expect(codes(source.text).length).toBeGreaterThan(0);
});
