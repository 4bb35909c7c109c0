import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import {
  pointArguments,
  pointOfModel,
  readPhi,
  samePoint,
  scalingLabel,
} from '../../editors/vscode/src/scaling/scaling-text.ts';
import { packVsix } from '../../scripts/vsix/pack.ts';
import { format } from '../../src/1-parse/format.ts';
import { checkSource } from '../../src/check-source.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { commands } from '../../src/cli/commands.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, 'editors/vscode', path), 'utf8');
const manifest = JSON.parse(read('package.json'));

describe('the package', () => {
  const files = new Map([
    ['package.json', new TextEncoder().encode('{}')],
    ['dist/extension.cjs', new TextEncoder().encode('x')],
  ]);

  test('is a zip by the Open Packaging Conventions, the same bytes each time', () => {
    const bytes = packVsix(manifest, files);
    expect(packVsix(manifest, files)).toEqual(bytes);
    const entries = unzipSync(bytes);
    expect(Object.keys(entries)).toEqual([
      'extension.vsixmanifest',
      '[Content_Types].xml',
      'extension/package.json',
      'extension/dist/extension.cjs',
    ]);
    expect(strFromU8(entries['extension.vsixmanifest']!)).toContain('Id="enet" Version="0.1.0" Publisher="enet"');
    expect(strFromU8(entries['[Content_Types].xml']!)).toContain('Extension=".cjs"');
  });

  test('refuses files of a kind that its list of types lacks', () => {
    expect(() => packVsix(manifest, new Map([['a.exe', new Uint8Array()]]))).toThrow("files '.exe'");
  });

  test('has the version of the compiler', () => {
    expect(manifest.version).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  });
});

describe('the manifest', () => {
  test('offers the commands that the extension registers, and no others', () => {
    const ids = [...read('src/client.ts').matchAll(/^ {2}'(enet\.\w+)',$/gm)].map((m) => m[1]);
    expect(ids.sort()).toEqual(manifest.contributes.commands.map((c: { command: string }) => c.command).sort());
  });

  test('every setting that it declares is read somewhere', () => {
    const sources = ['src/client.ts', 'src/compile.ts', 'src/node-client.ts', 'src/scaling/choose-scaling.ts'].map(
      read,
    );
    const server = readFileSync(join(root, 'src/lsp/settings.ts'), 'utf8');
    for (const id of Object.keys(manifest.contributes.configuration.properties)) {
      const name = id.slice('enet.'.length);
      // The client's library reads `trace.server`; `inlayHints.*` go to the server under their names.
      if (name === 'trace.server') continue;
      const known = sources.some((text) => text.includes(`'${name}'`)) || server.includes(name.split('.')[0]!);
      expect(known, id).toBe(true);
    }
  });

  test('names files that are there', () => {
    const [language] = manifest.contributes.languages;
    for (const path of [language.configuration, language.icon.light, language.icon.dark, './snippets/enet.json']) {
      expect(existsSync(join(root, 'editors/vscode', path)), path).toBe(true);
    }
  });
});

test('every snippet is a text that the compiler takes, formatted', () => {
  const snippets: Record<string, { body: string[] }> = JSON.parse(read('snippets/enet.json'));
  for (const [name, { body }] of Object.entries(snippets)) {
    const filled = body
      .join('\n')
      .replace(/\$\{\d[:|]([^},|]*)[^}]*\}|\$0/g, (_, text = '') => text)
      .trimEnd();
    const uses = filled.includes('std/blocks') ? '' : 'import { ConvBnAct } from "std/blocks"\n\n';
    const source = { name, text: `${uses}${filled}\n` };
    expect(checkSource(source).diagnostics, name).toEqual([]);
    expect(format(source).text, name).toBe(source.text);
  }
});

describe('a chosen point', () => {
  const compile = commands.find(({ name }) => name === 'compile');
  test.each([
    [{}, 'default', ''],
    [{ variant: 'b5' }, 'b5', '--variant b5'],
    [{ phi: 2.5, rule: 'formula' }, 'phi 2.5 (formula)', '--phi 2.5 --formula'],
    [{ phi: 1, w: 1.2, set: { classes: '10' } }, 'phi 1, w 1.2, classes 10', '--phi 1 --w 1.2 --set classes=10'],
  ] as const)('%j in words and as options that enetc takes', (request, label, options) => {
    expect(scalingLabel(request)).toBe(label);
    expect(pointArguments(request).join(' ')).toBe(options);
    expect(() => parseArguments(compile!, ['efficientnet', ...pointArguments(request)])).not.toThrow();
  });

  test('is the default of a model that has none such', () => {
    expect(pointOfModel({ variant: 'b5' }, { variant: 'b5' })).toEqual({ variant: 'b5' });
    expect(pointOfModel({ variant: 'b5' }, {})).toEqual({});
    expect(pointOfModel({ phi: 2 }, { variant: 'b2', phi: 2 })).toEqual({ phi: 2 });
    expect(pointOfModel({ w: 1.5 }, {})).toEqual({ w: 1.5 });
  });

  test('is the same one or another', () => {
    expect(samePoint({ phi: 1 }, { phi: 1 })).toBe(true);
    expect(samePoint({ phi: 1 }, { variant: 'b1' })).toBe(false);
  });

  test.each([
    ['2.5', 2.5],
    [' -1 ', -1],
    ['2,5', 2.5],
    ['b5', undefined],
    ['', undefined],
    ['1e400', undefined],
  ])('%j as a phi', (text, phi) => {
    expect(readPhi(text)).toBe(phi);
  });
});
