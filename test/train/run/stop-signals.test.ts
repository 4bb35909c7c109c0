import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const moduleUrl = new URL('../../../src/cli/training/stop-signals.ts', import.meta.url).href;

/** Runs a module's text in a process of its own, whose signals are its own; what it prints. */
function printed(text: string): string {
  const argv = [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `import { listenForStop } from '${moduleUrl}';\n${text}`,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return stdout + stderr;
}

test.skipIf(process.platform === 'win32')('a signal that came while the thread was busy is heard', () => {
  const text = `
    const wait = () => new Promise((done) => setTimeout(done, 100));
    process.on('SIGTERM', () => console.log('old'));
    await wait();
    process.kill(process.pid, 'SIGTERM');
    const signals = listenForStop(() => console.log('stopping'));
    await wait();
    console.log(signals.code());
    process.on('SIGTERM', () => console.log('given back'));
    process.kill(process.pid, 'SIGTERM');
    signals.release();
    await wait();`;
  expect(printed(text)).toBe('stopping\n143\ngiven back\nold\n');
});

test('a reader who has gone asks to stop, once; other errors of the stream go where they went', () => {
  const text = `
    process.stdout.on('error', (e) => console.log('old', e.code));
    const signals = listenForStop(() => console.log('stopping'));
    const fail = (code) => process.stdout.emit('error', Object.assign(new Error(code), { code }));
    for (const code of ['EIO', 'EPIPE', 'EPIPE']) fail(code);
    console.log(signals.code());
    signals.release();
    fail('EPIPE');`;
  expect(printed(text)).toBe('old EIO\nstopping\n141\nold EPIPE\n');
});
