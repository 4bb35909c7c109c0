import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

  test('compile loads what rounds a network from the bundle that has the engines', () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const ran = enetc(['compile', 'tiny.enet', '--int8', '--calibrate', 'noise', '-o', 'tiny.onnx'], cwd);
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('int8') });
    expect(readFileSync(join(cwd, 'tiny.onnx')).includes('DequantizeLinear')).toBe(true);
  });

  test('a reader that goes is not an error', () => {
    const ran = spawnSync('sh', ['-c', `"${process.execPath}" "${entry}" list | head -n 1`], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^model/);
  });

  test('a reader of errors that goes ends a command that is supervised', () => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect(enetc(['weights', 'init', 'tiny.enet', '-o', 'tiny.safetensors'], cwd).status).toBe(0);
    // a missing tensor each is more text than a pipe holds
    const line = `"${process.execPath}" "${entry}" weights verify tiny.safetensors efficientnet --variant b7 2>&1 | head -n 1`;
    const ran = spawnSync('sh', ['-c', line], { cwd, encoding: 'utf8', timeout: 30_000 });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('weight-missing') });
  });

  test.runIf(existsSync('/dev/full'))('a full disk under standard output is said', () => {
    const full = openSync('/dev/full', 'w');
    const ran = enetc(['list', '--modules'], folder(), ['pipe', full, 'pipe']);
    closeSync(full);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('cannot write the output');
  });

  test.skipIf(process.platform === 'win32')(
    'standard output under its other name is a file for one that is quiet',
    () => {
      const cwd = folder({ 'tiny.enet': tiny });
      const piped = (argv: string) =>
        spawnSync('sh', ['-c', `"${process.execPath}" "${entry}" ${argv} | cat`], { cwd, encoding: 'latin1' });
      expect(piped('compile tiny.enet -o /dev/stdout')).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining("'/dev/stdout' is standard output"),
      });
      expect(enetc(['compile', 'tiny.enet', '-q', '-o', 'x.onnx'], cwd).status).toBe(0);
      const written = piped('compile tiny.enet -q -o /dev/stdout');
      expect(written).toMatchObject({ stderr: '', stdout: readFileSync(join(cwd, 'x.onnx'), 'latin1') });
    },
  );

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

  describe('a signal ends a long command at once, and leaves no part of a file or folder', () => {
    const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    const outputs = [
      ['compile', 'resnet', '--variant', 'resnet152', '--external-data', '-o', 'out'],
      ['compile', 'resnet', '--variant', 'resnet152', '--target', 'tfjs', '-o', 'out'],
      ['weights', 'init', 'resnet', '--variant', 'resnet152', '-o', 'out.safetensors'],
    ];
    const start = (argv: readonly string[]) => {
      const cwd = folder();
      const child = spawn(process.execPath, [entry, ...argv], { cwd, stdio: 'ignore' });
      const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
      return { cwd, child, ended };
    };
    const wait = (ms: number) => new Promise((next) => setTimeout(next, ms));
    /** Two seconds, or so long as thirty programs that do nothing take, one after the other, where others have the cores. */
    const atOnce = () => {
      const start = performance.now();
      spawnSync(process.execPath, ['-e', '']);
      return Math.max(2000, 30 * (performance.now() - start));
    };

    test.each(
      outputs.flatMap((argv) => (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => [signal, argv] as const)),
    )('%s while it writes: %j', async (signal, argv) => {
      const { cwd, child, ended } = start(argv);
      const writing = () => readdirSync(cwd).some((name) => name.endsWith('.tmp'));
      while (!writing() && child.exitCode === null) await wait(5);
      const asked = performance.now();
      child.kill(signal);
      expect(await ended).toBe(codes[signal]);
      expect(performance.now() - asked).toBeLessThan(atOnce());
      expect(readdirSync(cwd)).toEqual([]);
    });

    test('SIGINT while an imported network is written', async () => {
      const {
        cwd,
        child: compiling,
        ended: compiled,
      } = start('compile resnet --variant resnet152 -o net.onnx'.split(' '));
      expect([await compiled, compiling.exitCode]).toEqual([0, 0]);
      const child = spawn(process.execPath, [entry, 'import', 'net.onnx'], { cwd, stdio: 'ignore' });
      const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
      while (!readdirSync(cwd).some((name) => name.endsWith('.tmp')) && child.exitCode === null) await wait(5);
      child.kill('SIGINT');
      expect(await ended).toBe(codes.SIGINT);
      expect(readdirSync(cwd)).toEqual(['net.onnx']);
    });

    test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      '%s while it waits for somebody to read its pipe',
      async (signal) => {
        const cwd = folder({ 'tiny.enet': tiny });
        spawnSync('mkfifo', [join(cwd, 'pipe')]);
        const child = spawn(process.execPath, [entry, 'compile', 'tiny.enet', '-o', 'pipe'], { cwd, stdio: 'ignore' });
        const ended = new Promise((done) => child.on('exit', (code, by) => done(by ?? code)));
        await wait(2500);
        child.kill(signal);
        // by its code where a busy machine has not come to the pipe yet
        expect([signal, codes[signal]]).toContain(await ended);
        expect(readdirSync(cwd).sort()).toEqual(['pipe', 'tiny.enet']);
      },
    );

    test('at any moment', async () => {
      for (let i = 0; i < 12; i++) {
        const signal = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)[i % 3] as keyof typeof codes;
        const { cwd, child, ended } = start(outputs[Math.floor(i / 4)] as string[]);
        await wait(60 * i);
        child.kill(signal);
        // Before the program listens, the system ends it: without a code of its own.
        expect([codes[signal], null, 0]).toContain(await ended);
        expect(readdirSync(cwd).filter((name) => name.startsWith('.'))).toEqual([]);
      }
    });

    test('what only reads ends by the signal itself', async () => {
      const cwd = folder({
        'many.enet': Array.from({ length: 4000 }, (_, i) => tiny.replaceAll('Tiny', `T${i}`)).join(''),
      });
      const child = spawn(process.execPath, [entry, 'check', '.'], { cwd, stdio: 'ignore' });
      const ended = new Promise((done) => child.on('exit', (_, signal) => done(signal)));
      await wait(1000);
      const running = child.exitCode === null;
      const asked = performance.now();
      child.kill('SIGTERM');
      expect(await ended).toBe(running ? 'SIGTERM' : null);
      expect(performance.now() - asked).toBeLessThan(atOnce());
    });
  });

  test('a supervised command reads standard input and says where it is too large', () => {
    const cwd = folder();
    const ran = spawnSync(process.execPath, [entry, 'compile', '-', '-o', 'x.onnx'], {
      cwd,
      input: tiny,
      encoding: 'utf8',
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^x\.onnx {2}/);
    const large = `head -c 100000000 /dev/zero | "${process.execPath}" "${entry}" compile - -o y.onnx`;
    const refused = spawnSync('sh', ['-c', large], { cwd, encoding: 'utf8' });
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('it is larger than 64 MiB') });
    expect(readdirSync(cwd)).toEqual(['x.onnx']);
  });

  test.skipIf(process.platform === 'win32')('out of file handles: said in words', () => {
    const cwd = folder({ 'tiny.enet': tiny });
    for (const argv of [
      'check tiny.enet',
      'check .',
      'fmt --check .',
      'summary tiny.enet',
      'compile tiny.enet',
      'graph tiny.enet -o x.svg',
    ]) {
      // The program is loaded already where its last file is closed: 'open' fails from then on.
      const preload =
        'const fs=require("fs");const o=fs.openSync;fs.openSync=(p,...r)=>{if(String(p).includes("tiny")||String(p).includes("x.svg")){const e=new Error("EMFILE: too many open files");e.code="EMFILE";throw e}return o(p,...r)}';
      const file = join(folder({ 'preload.cjs': preload }), 'preload.cjs');
      const ran = spawnSync(process.execPath, ['--require', file, entry, ...argv.split(' ')], {
        cwd,
        encoding: 'utf8',
      });
      expect([1, 2]).toContain(ran.status);
      expect(ran.stderr).toContain('too many files are open');
      expect(ran.stderr).not.toContain('error in enetc');
    }
  });
});
