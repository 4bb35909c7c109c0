import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Pieces } from '../../src/node/pieces.ts';
import { enetc, folder, tiny } from './fake-io.ts';

const loose = tiny.replace('| a    | 0   | 1.0 | 16         |', '|a|0|1.0|16|');
const hasPipes = spawnSync('mkfifo', ['--version']).error === undefined;
const isRoot = process.getuid?.() === 0;

function fifo(path: string): void {
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
}

describe.runIf(hasPipes)('what is not a file ends nothing', () => {
  const strange = async (loosely: boolean) => {
    const cwd = folder({ 'a.enet': loosely ? loose : tiny, 'z.enet': loosely ? loose : tiny });
    fifo(join(cwd, 'fifo.enet'));
    symlinkSync('nowhere.enet', join(cwd, 'dangling.enet'));
    symlinkSync('circle.enet', join(cwd, 'circle.enet'));
    symlinkSync('user@host.4711:1700000000', join(cwd, '.#a.enet'));
    writeFileSync(join(cwd, '._a.enet'), new Uint8Array([0, 5, 22, 7, 0xff]));
    symlinkSync('/dev/zero', join(cwd, 'device.enet'));
    mkdirSync(join(cwd, 'folder.enet'));
    symlinkSync('folder.enet', join(cwd, 'linked-folder.enet'));
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(cwd, 'socket.enet'), done));
    onTestFinished(() => void server.close());
    return cwd;
  };
  const reasons = [
    ["'fifo.enet' cannot be read: it is a pipe that nothing writes to"],
    ["'dangling.enet' cannot be read: it is a link to a file that does not exist"],
    ["'circle.enet' cannot be read: its symbolic links form a loop"],
    ["'device.enet' cannot be read: it is not a regular file"],
    ["'socket.enet' cannot be read: it is a socket or a device that does not answer"],
  ].flat();

  test.each([[['.']], [[]]])('check %j reports each and goes on', async (operands) => {
    const cwd = await strange(false);
    const ran = await enetc(['check', ...operands], { cwd });
    expect(ran.code).toBe(1);
    for (const reason of reasons) expect(ran.err).toContain(reason);
    expect(ran.err).not.toContain('folder');
    expect(ran.err).toContain('5 errors');
    const json = JSON.parse((await enetc(['check', ...operands, '--json'], { cwd })).out);
    expect(json.diagnostics.map((d: { code: string }) => d.code)).toEqual(Array(5).fill('file-unreadable'));
  });

  test('explicit paths', async () => {
    const cwd = await strange(false);
    const names = ['a.enet', 'fifo.enet', 'dangling.enet', 'circle.enet', 'device.enet', 'socket.enet', 'z.enet'];
    const ran = await enetc(['check', ...names], { cwd });
    expect(ran).toMatchObject({ code: 1, out: '7 files checked: see above\n' });
    for (const reason of reasons) expect(ran.err).toContain(reason);
    for (const name of names.slice(1, -1)) {
      expect(await enetc(['summary', name], { cwd })).toMatchObject({
        code: 2,
        err: expect.stringContaining('cannot be read'),
      });
    }
  });

  test('fmt formats the rest', async () => {
    const cwd = await strange(true);
    const ran = await enetc(['fmt', '.'], { cwd });
    expect(ran).toMatchObject({
      code: 1,
      out: 'formatted a.enet\nformatted z.enet\nskipped device.enet: it is a link out of the folder\n',
    });
    for (const reason of reasons.filter((r) => !r.includes('device.enet'))) expect(ran.err).toContain(reason);
    expect(readFileSync(join(cwd, 'z.enet'), 'utf8')).toBe(tiny);
  });

  test('a pipe that somebody writes to is read', async () => {
    const cwd = folder();
    fifo(join(cwd, 'x.enet'));
    spawn('sh', ['-c', 'sleep 0.2; printf %s "$SPEC" > x.enet'], { cwd, env: { ...process.env, SPEC: tiny } });
    expect(await enetc(['check', 'x.enet'], { cwd })).toMatchObject({ code: 0, err: '' });
  });

  test.skipIf(isRoot)('files and folders without permission', async () => {
    const cwd = folder({ 'a.enet': tiny, 'secret.enet': tiny });
    mkdirSync(join(cwd, 'closed'));
    chmodSync(join(cwd, 'secret.enet'), 0);
    chmodSync(join(cwd, 'closed'), 0);
    const ran = await enetc(['check'], { cwd });
    chmodSync(join(cwd, 'closed'), 0o700);
    expect(ran).toMatchObject({ code: 1, out: '2 files checked: see above\n' });
    for (const name of ['secret.enet', 'closed']) {
      expect(ran.err).toContain(`'${name}' cannot be read: there is no permission to read it`);
    }
  });
});

describe('links out of the folder', () => {
  const project = () => {
    const outside = folder({ 'other.enet': loose });
    const cwd = folder({ 'a.enet': loose });
    symlinkSync(join(outside, 'other.enet'), join(cwd, 'link.enet'));
    symlinkSync('a.enet', join(cwd, 'same.enet'));
    return { cwd, other: () => readFileSync(join(outside, 'other.enet'), 'utf8') };
  };

  test('fmt leaves what they lead to alone, and says so', async () => {
    const { cwd, other } = project();
    const ran = await enetc(['fmt', '.'], { cwd });
    expect(ran).toMatchObject({
      code: 0,
      out: 'formatted a.enet\nskipped link.enet: it is a link out of the folder\n',
    });
    expect(other()).toBe(loose);
    expect(readFileSync(join(cwd, 'a.enet'), 'utf8')).toBe(tiny);
    expect((await enetc(['fmt', '.', '--check'], { cwd })).code).toBe(0);
    // Who names the link means what it leads to.
    expect((await enetc(['fmt', 'link.enet'], { cwd })).code).toBe(0);
    expect(other()).toBe(tiny);
  });

  test('check --fix reads it and changes nothing', async () => {
    const unused = tiny.replace('{ ConvBnAct }', '{ ConvBnAct, MBConv }');
    const outside = folder({ 'other.enet': unused });
    const cwd = folder();
    symlinkSync(join(outside, 'other.enet'), join(cwd, 'link.enet'));
    const ran = await enetc(['check', '--fix'], { cwd });
    expect(ran.err).toContain('unused-import');
    expect(readFileSync(join(outside, 'other.enet'), 'utf8')).toBe(unused);
  });
});

describe('line ends and byte order marks stay', () => {
  const windows = (text: string) => text.replaceAll('\n', '\r\n');

  test.each([
    ['CR LF', windows(tiny), windows(loose)],
    ['a mark', `\ufeff${tiny}`, `\ufeff${loose}`],
    ['both', `\ufeff${windows(tiny)}`, `\ufeff${windows(loose)}`],
    ['mixed, the first being CR LF', windows(tiny), loose.replace('\n', '\r\n')],
    ['mixed, the first being LF', tiny, windows(loose).replace('\r\n', '\n')],
  ])('%s', async (_, formatted, written) => {
    const cwd = folder({ 'a.enet': formatted });
    expect(await enetc(['fmt', '--check'], { cwd })).toMatchObject({ code: 0, out: '1 file unchanged\n' });
    writeFileSync(join(cwd, 'a.enet'), written);
    expect((await enetc(['fmt'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'a.enet'), 'utf8')).toBe(formatted);
    expect((await enetc(['fmt', '-'], { stdin: written })).out).toBe(formatted);
    expect((await enetc(['fmt', '-', '--check'], { stdin: formatted })).code).toBe(0);
  });

  test('check --fix keeps them', async () => {
    const spec = (names: string) => `\ufeff${windows(tiny.replace('{ ConvBnAct }', names))}`;
    const cwd = folder({ 'a.enet': spec('{ ConvBnAct, MBConv }') });
    expect((await enetc(['check', '--fix'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'a.enet'), 'utf8')).toBe(spec('{ ConvBnAct }'));
  });
});

describe('standard input', () => {
  test('pieces up to the bound are taken', () => {
    const pieces = new Pieces();
    for (let i = 0; i < 64; i++) pieces.add(new Uint8Array(1 << 20));
    expect(pieces.join().length).toBe(64 << 20);
    expect(() => pieces.add(new Uint8Array(1))).toThrow('it is larger than 64 MiB');
  });
});
