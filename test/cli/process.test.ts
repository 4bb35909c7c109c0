import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { folder, tiny } from './fake-io.ts';

/** The real process, as `npm test` has just built it. */
const entry = fileURLToPath(new URL('../../dist/enetc.cjs', import.meta.url));

beforeAll(() => {
  if (!existsSync(entry)) throw new Error('there is no dist/enetc.cjs: npm run build');
});

function enetc(argv: readonly string[], cwd: string, stdio: 'pipe' | ['pipe', number, 'pipe'] = 'pipe') {
  return spawnSync(process.execPath, [entry, ...argv], {
    cwd,
    stdio,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
}

describe('the process', () => {
  test('exit codes', () => {
    const cwd = folder({ 'tiny.enet': tiny, 'bad.txt': '' });
    expect(enetc(['--version'], cwd)).toMatchObject({ status: 0, stderr: '' });
    expect(enetc(['check', 'tiny.enet'], cwd)).toMatchObject({ status: 0, stderr: '' });
    expect(enetc(['compile', 'tiny.enet', '--variant', 'none'], cwd).status).toBe(1);
    expect(enetc(['compile', '--phi', 'x'], cwd).status).toBe(2);
    expect(enetc(['compile', 'tiny.enet', '--quiet', '--phi', '-1'], cwd)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('a reader that goes is no error', () => {
    const ran = spawnSync('sh', ['-c', `"${process.execPath}" "${entry}" list | head -n 1`], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^model/);
  });

  test.runIf(existsSync('/dev/full'))('a full disk under standard output is said', () => {
    const full = openSync('/dev/full', 'w');
    const ran = enetc(['list', '--modules'], folder(), ['pipe', full, 'pipe']);
    closeSync(full);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('cannot write the output');
  });

  test('standard input has a bound', () => {
    const endless = `head -c 300000000 /dev/zero | "${process.execPath}" "${entry}" check -`;
    const ran = spawnSync('sh', ['-c', endless], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toBe('error: standard input cannot be read: it is larger than 64 MiB\n');
  });

  test('a limit on file sizes leaves nothing behind', () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const limited = `trap '' XFSZ; ulimit -f 64; exec "${process.execPath}" "${entry}" compile resnet --variant resnet18`;
    const ran = spawnSync('sh', ['-c', limited], { cwd, encoding: 'utf8' });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("cannot write 'resnet-resnet18.onnx'");
    expect(readdirSync(cwd)).toEqual(['tiny.enet']);
  });

  test.each([
    ['SIGINT', 'onnx'],
    ['SIGTERM', 'onnx'],
    ['SIGINT', 'tfjs'],
    ['SIGTERM', 'tfjs'],
  ] as const)(
    '%s while it writes leaves no part of a file or folder: %s',
    async (signal, target) => {
      const cwd = folder();
      const argv = ['compile', 'resnet', '--variant', 'resnet152', '--target', target, '-o', 'out.onnx'];
      const child = spawn(process.execPath, [entry, ...argv], { cwd, stdio: 'ignore' });
      const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
      const writing = () => readdirSync(cwd).some((name) => name.endsWith('.tmp'));
      for (let i = 0; i < 2000 && !writing() && child.exitCode === null; i++)
        await new Promise((next) => setTimeout(next, 5));
      child.kill(signal);
      expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143);
      // SIGTERM is only heard when the file is whole: then it stands under its own name.
      expect(readdirSync(cwd).filter((name) => name !== 'out.onnx')).toEqual([]);
      if (signal === 'SIGINT') expect(readdirSync(cwd)).toEqual([]);
    },
    60_000,
  );
});
