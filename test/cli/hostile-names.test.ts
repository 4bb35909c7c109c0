import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/diagnostics/text-width.ts';
import { renderTable } from '../../src/report/text-table.ts';
import { enetc, folder, tiny } from './fake-io.ts';

const hostile = 'a\x1b]0;owned\x07\x1b[31mb\u202ec\x9b2J\rd';
const loose = tiny.replace('| a    | 0   | 1.0 | 16         |', '|a|0|1.0|16|');
// What drives a terminal, or turns the direction of what is read.
const driving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('names of files drive no terminal', () => {
  const project = () => {
    const cwd = folder({ [`${hostile}.enet`]: loose, 'broken.enet': 'model M {', [`${hostile}.txt`]: 'x' });
    mkdirSync(join(cwd, hostile));
    writeFileSync(join(cwd, hostile, 'cat.jpg'), 'x');
    return cwd;
  };
  test.each([
    ['check', `${hostile}.enet`],
    ['check', '.'],
    ['check', `${hostile}-no.enet`],
    ['fmt', `${hostile}.enet`],
    ['fmt', '--check', '.'],
    ['summary', `${hostile}.enet`],
    ['summary', hostile],
    ['explain', `${hostile}.enet`],
    ['explain', hostile],
    ['diff', `${hostile}.enet@a`, '@b'],
    ['list', hostile],
    ['help', hostile],
    ['completion', hostile],
    ['backend', hostile],
    ['init', `${hostile}-new`],
    ['init', `${hostile}.enet`],
    ['init', '--from', hostile],
    ['compile', `${hostile}.enet`],
    ['compile', `${hostile}.enet`, '-o', `${hostile}.onnx`],
    ['compile', `${hostile}.enet`, '-o', `${hostile}.enet`],
    ['compile', `${hostile}.enet`, '-o', `${hostile}.txt`],
    ['compile', `${hostile}.enet`, '-o', `${hostile}/no/x`],
    ['compile', `${hostile}.enet`, '--target', 'tfjs', '-o', hostile],
    ['compile', `${hostile}.enet`, '--weights', `${hostile}.txt`],
    ['compile', `${hostile}.enet`, '--variant', hostile],
    ['compile', `${hostile}.enet`, '--set', `${hostile}=1`],
    ['compile', `${hostile}.enet`, `--${hostile}`],
    ['weights', 'init', `${hostile}.enet`, '-o', `${hostile}.safetensors`],
    ['graph', `${hostile}.enet`, '-o', `${hostile}.png`],
    ['graph', `${hostile}.enet`, '-o', `${hostile}.svg`],
    ['train', `${hostile}.enet`, '--data', hostile],
    ['train', '--resume', hostile],
    ['eval', '--run', hostile],
    ['verify', `${hostile}.enet`, '--weights', `${hostile}.txt`],
    [hostile],
  ])('%j', async (...argv) => {
    const cwd = project();
    for (const tty of [false, true]) {
      const { out, err } = await enetc(argv, { cwd, tty });
      // On a terminal enetc's own colours and its line of progress remain.
      const own = tty ? /\x1b\[(?:0|1|2|3[0-7]|1;3[0-7])m|\r\x1b\[K/g : /(?!)/g;
      expect((out + err).replace(own, '')).not.toMatch(driving);
      expect(out + err).not.toContain('\x1b[31mb');
      expect(out + err).not.toContain('error in enetc');
    }
  });

  const lines = 'a\nfine: nothing to report';
  test.each([
    ['check', `${lines}.enet`],
    ['summary', lines],
    ['explain', lines],
    ['help', lines],
    ['completion', lines],
    ['backend', lines],
    ['init', '--from', lines],
    ['compile', 'tiny.enet', '-o', `${lines}/no/x`],
    ['compile', 'tiny.enet', '--weights', lines],
    ['compile', 'tiny.enet', '--variant', lines],
    ['compile', 'tiny.enet', `--${lines}`],
    ['graph', 'tiny.enet', '-o', `${lines}.png`],
    ['train', '--resume', lines],
    ['eval', '--run', lines],
    [lines],
  ])('a name of several lines begins none of its own: %j', async (...argv) => {
    const { code, out, err } = await enetc(argv, { cwd: folder({ 'tiny.enet': tiny }) });
    expect(code).not.toBe(0);
    expect(out + err).not.toMatch(/^fine/m);
    expect(out + err).toContain('fine: nothing');
  });

  test('JSON has the names as they are', async () => {
    const cwd = project();
    const { out } = await enetc(['compile', `${hostile}.enet`, '-o', `${hostile}.onnx`, '--json'], { cwd });
    expect(JSON.parse(out).file).toBe(`${hostile}.onnx`);
  });
});

describe('tables of any text', () => {
  test.each([
    ['ascii', 5],
    ['猫', 2],
    ['ねこ', 4],
    ['한글', 4],
    ['\u1112\u1161\u11ab', 2],
    ['e\u0301', 1],
    ['👨\u200d👩\u200d👧', 2],
    ['👍🏽', 2],
    ['🇩🇪', 2],
    ['❤\ufe0f', 2],
    ['a\u200bb', 2],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test('columns stand in line, and nothing turns or drives what is read', () => {
    const names = [
      'cat',
      '猫',
      'ねこ🐈',
      'e\u0301te\u0301',
      '👨\u200d👩\u200d👧',
      'a\u202eb',
      '\x1b[31mred',
      'tab\there',
      'new\nline',
      '\x9b2J',
    ];
    const table = renderTable(
      [{ title: 'class' }, { title: 'images', align: 'right' }],
      names.map((name, i) => [name, String(i)]),
    );
    const lines = table.trimEnd().split('\n');
    expect(lines).toHaveLength(names.length + 2);
    expect(new Set(lines.map(textWidth)).size).toBe(1);
    expect(table.replaceAll('\n', '')).not.toMatch(driving);
    expect(table).not.toContain('\t');
  });
});
