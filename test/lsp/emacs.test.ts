import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { entry, workspace } from './client.ts';
import { net, units } from './editor-files.ts';

const folder = resolve(import.meta.dirname, '../../editors/emacs');
const batch = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync('emacs', ['--batch', '-Q', '-L', folder, ...args], {
    encoding: 'utf8',
    timeout: 240_000,
    env: { ...process.env, ...env },
  });

const found = spawnSync('emacs', ['--version'], { encoding: 'utf8' });
const skipped = found.status !== 0;
if (skipped)
  console.warn('skipped: there is no emacs (Debian: apt-get install emacs-nox elpa-eglot): its mode is not tried');
const finds = `(dolist (f (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/*")) (add-to-list 'load-path f))`;
const eglot = !skipped && batch(['--eval', finds, '--eval', "(require 'eglot)"]).status === 0;
if (!skipped && !eglot) console.warn('skipped: this emacs has no Eglot (Debian: apt-get install elpa-eglot)');

test.skipIf(skipped)('the mode compiles without a warning, and indents', () => {
  const root = workspace();
  const target = `(setq byte-compile-dest-file-function (lambda (f) "${join(root, 'enet-mode.elc')}"))`;
  const ran = batch([
    '--eval',
    target,
    '--eval',
    '(setq byte-compile-error-on-warn t)',
    '-f',
    'batch-byte-compile',
    join(folder, 'enet-mode.el'),
  ]);
  expect(ran.stderr).not.toContain('Warning');
  expect(ran.status).toBe(0);
  const flat = net.replace(/^ +/gm, '');
  const indent = `(progn (require 'enet-mode) (with-temp-buffer (insert ${JSON.stringify(flat)}) (enet-mode) (indent-region (point-min) (point-max)) (princ (buffer-string))))`;
  expect(batch(['--eval', indent]).stdout).toBe(net);
});

test.skipIf(!eglot)(`${found.stdout?.split('\n')[0]} with Eglot`, () => {
  const root = workspace({ 'net.enet': net, 'units.enet': units });
  const ran = batch(['-l', resolve(import.meta.dirname, 'emacs.el')], {
    HOME: root,
    ENET_TEST_ROOT: root,
    ENET_TEST_CMD: JSON.stringify([process.execPath, entry, 'lsp']),
  });
  const file = join(root, 'seen.json');
  if (!existsSync(file)) throw new Error(`Emacs saw nothing: ${ran.stderr}${ran.stdout}`);
  const seen = JSON.parse(readFileSync(file, 'utf8'));
  expect(seen.failed, ran.stderr).toBeUndefined();
  expect(seen.mode).toBe('enet-mode');
  expect(seen.diagnostics.join()).toContain("did you mean 'Unit'");
  expect(seen.completion).toContain('GlobalAvgPool');
  expect(seen.hover).toContain('block Unit');
  expect(seen.renamed).toContain('stem: Cell(w(16))');
  expect(seen.other).toContain('block Cell(');
  expect(seen.formatted).toContain('stem: Cell(w(16))');
  expect(seen.library).toEqual({ file: 'blocks.enet', line: expect.stringMatching(/^block MBConv\(/) });
  expect(seen.scaling).toEqual({ variant: 'b1' });
});
