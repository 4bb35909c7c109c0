import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInside } from '../../src/host.ts';
import { resolvePath } from '../../src/lsp/browser-host.ts';
import { folderOf, pathToUri, uriToPath } from '../../src/lsp/uris.ts';

describe('URIs and paths', () => {
  test.each([
    ['file:///home/me/net.enet', '/home/me/net.enet'],
    ['file:///home/me/my%20net%23.enet', '/home/me/my net#.enet'],
    ['file:///d%C3%A9j%C3%A0/%E6%BC%A2.enet', '/déjà/漢.enet'],
    ['file://localhost/a.enet', '/a.enet'],
    ['file:///c%3A/models/net.enet', 'C:\\models\\net.enet'],
    ['file:///C:/models/net.enet', 'C:\\models\\net.enet'],
    ['file://server/share/net.enet', '\\\\server\\share\\net.enet'],
    ['enet-library:/std/blocks.enet', 'std/blocks'],
    ['untitled:Untitled-1', 'untitled:Untitled-1'],
    ['vscode-vfs://github/a/b.enet', 'vscode-vfs://github/a/b.enet'],
    [
      'vscode-remote://127.0.0.1%3A80/my%20nets/d%C3%A9j%C3%A0.enet',
      'vscode-remote://127.0.0.1%3A80/my nets/déjà.enet',
    ],
    ['gitlens://a/my%20net.enet?%7B%7D', 'gitlens://a/my%20net.enet?%7B%7D'],
    ['memfs://a/c%23.enet', 'memfs://a/c%23.enet'],
    ['memfs:/my%20net.enet', 'memfs:/my net.enet'],
    ['git:/my%20net.enet?%7B%7D', 'git:/my%20net.enet?%7B%7D'],
    ['file:///100%25%zz.enet', '/100%%zz.enet'],
    ['no uri', 'no uri'],
  ])('%s is %s', (uri, path) => {
    expect(uriToPath(uri)).toBe(path);
  });

  test.each([
    ['/home/me/my net#.enet', 'file:///home/me/my%20net%23.enet'],
    ['C:\\models\\net.enet', 'file:///c%3A/models/net.enet'],
    ['\\\\server\\share\\net.enet', 'file://server/share/net.enet'],
    ['std/blocks', 'enet-library:/std/blocks.enet'],
    ['untitled:Untitled-1', 'untitled:Untitled-1'],
    [
      'vscode-remote://127.0.0.1%3A80/my nets/déjà.enet',
      'vscode-remote://127.0.0.1%3A80/my%20nets/d%C3%A9j%C3%A0.enet',
    ],
    ['gitlens://a/my%20net.enet?%7B%7D', 'gitlens://a/my%20net.enet?%7B%7D'],
    ['memfs:/my net.enet', 'memfs:/my%20net.enet'],
  ])('%s has the address %s', (path, uri) => {
    expect(pathToUri(path)).toBe(uri);
  });

  test('any path comes back, from these addresses and from those of Node', () => {
    const part = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter(
        (s) =>
          !/[/\0\\]/.test(s) &&
          s !== '.' &&
          s !== '..' &&
          !/[\ud800-\udfff]/.test(s.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')),
      );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const path = `/${parts.join('/')}`;
        fc.pre(!/^\/[A-Za-z]:/.test(path));
        expect(uriToPath(pathToUri(path))).toBe(path);
        expect(uriToPath(pathToUri(`vscode-vfs://github${path}`))).toBe(`vscode-vfs://github${path}`);
        expect(uriToPath(pathToFileURL(path).href)).toBe(path);
      }),
    );
  });
});

test('what is inside a folder', () => {
  expect(isInside('/a/b', '/a')).toBe(true);
  expect(isInside('/ab', '/a')).toBe(false);
  expect(isInside('C:\\a\\b', 'C:\\a')).toBe(true);
  expect(isInside('/a', '/')).toBe(true);
  expect(folderOf('/a/b.enet')).toBe('/a');
  expect(folderOf('/b.enet')).toBe('/');
  expect(folderOf('C:\\b.enet')).toBe('C:\\');
});

test('paths in a browser', () => {
  expect(resolvePath('/w/a.enet', './b.enet')).toBe('/w/b.enet');
  expect(resolvePath('/w/a.enet', '../../../b.enet')).toBe('/b.enet');
  expect(resolvePath('vscode-vfs://github/r/a.enet', '../b.enet')).toBe('vscode-vfs://github/b.enet');
  expect(resolvePath('', 'vscode-vfs://github/r/./a.enet')).toBe('vscode-vfs://github/r/a.enet');
});
