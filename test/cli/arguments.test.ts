import { describe, expect, test } from 'vitest';
import { flag, list, number, parseArguments, text } from '../../src/cli/arguments.ts';
import { commands, findCommand } from '../../src/cli/commands.ts';
import { commandHelp, generalHelp } from '../../src/cli/help.ts';
import { Exit } from '../../src/cli/io.ts';
import { enetc } from './fake-io.ts';

const parse = (command: string, ...argv: string[]) => parseArguments(findCommand(command)!, argv);

function refusal(command: string, ...argv: string[]): string {
  try {
    parse(command, ...argv);
  } catch (e) {
    if (e instanceof Exit && e.code === 2) return e.message;
    throw e;
  }
  throw new Error('it was taken');
}

describe('options', () => {
  test('every way to write a value', () => {
    expect(number(parse('compile', '--phi', '5'), 'phi')).toBe(5);
    expect(number(parse('compile', '--phi=5'), 'phi')).toBe(5);
    expect(number(parse('compile', '--phi', '-1'), 'phi')).toBe(-1);
    expect(number(parse('compile', '--phi=-1.5e0'), 'phi')).toBe(-1.5);
    expect(number(parse('compile', '--phi', '-.5'), 'phi')).toBe(-0.5);
    expect(text(parse('compile', '-o', 'x.onnx'), 'output')).toBe('x.onnx');
    expect(text(parse('compile', '-qox.onnx'), 'output')).toBe('x.onnx');
    expect(list(parse('compile', '--set', 'a=1', 'net', '--set', 'b=x=y'), 'set')).toEqual(['a=1', 'b=x=y']);
    expect(flag(parse('compile', '--half'), 'half')).toBe(true);
    expect(flag(parse('compile'), 'half')).toBe(false);
    expect(parse('compile', '--', '--odd').operands).toEqual(['--odd']);
    expect(parse('compile', '-').operands).toEqual(['-']);
  });

  test.each([
    [['--phi', 'abc'], "--phi takes a number, not 'abc'"],
    [['--phi', 'NaN'], "--phi takes a number, not 'NaN'"],
    [['--phi', '-Infinity'], "--phi takes a number, not '-Infinity'"],
    [['--phi', '1e999'], "--phi takes a number, not '1e999'"],
    [['--phi', '0x10'], "--phi takes a number, not '0x10'"],
    [['--phi='], "--phi takes a number, not ''"],
    [['--phi'], '--phi needs a value: --phi N'],
    [['--phi', '--half'], '--phi needs a value: --phi N'],
    [['--phi', '1', '--phi', '2'], '--phi is given twice'],
    [['--resolution', '2.5'], "--resolution takes a whole number, not '2.5'"],
    [['--batch', '0'], "--batch takes a whole number from 1 or dynamic, not '0'"],
    [['--batch', 'dynamc'], "--batch takes a whole number from 1 or dynamic, not 'dynamc'"],
    [['--convention', 'jax'], "--convention takes tf or torch, not 'jax'"],
    [['--target', 'tflite'], "--target takes onnx or tfjs, not 'tflite'"],
    [['--set', 'classes'], "--set takes NAME=VALUE, not 'classes'"],
    [['--half=yes'], '--half takes no value'],
    [['--phy', '1'], "compile has no option --phy; did you mean '--phi'?"],
    [['--variants', 'b0'], "compile has no option --variants; did you mean '--variant'?"],
    [
      ['--portable'],
      "--portable is gone: plain operators are the default now, so leave it out; '--tuned ort-x86' writes what was the default before",
    ],
    [['--tuned'], '--tuned needs a value: --tuned RUNTIME'],
    [['--tuned', 'arm'], "--tuned takes ort-x86, not 'arm'"],
    [['-x'], 'compile has no option -x'],
    [['a', 'b'], "unexpected 'b'"],
  ])('%j is refused', (argv, message) => {
    expect(refusal('compile', ...argv)).toBe(message);
  });

  test('the names of a command are its own, and no two are alike', () => {
    for (const command of commands) {
      const names = command.options.flatMap((o) => [o.name, ...(o.short ? [o.short] : [])]);
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toContain('help');
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) expect(line).toMatch(new RegExp(`enetc ${command.name}\\b`));
    }
  });
});

describe('help', () => {
  test('of the program', async () => {
    expect(generalHelp()).toMatchSnapshot();
    expect(await enetc(['--help'])).toEqual({ code: 0, out: generalHelp(), err: '' });
    expect(await enetc(['help'])).toEqual({ code: 0, out: generalHelp(), err: '' });
    expect(await enetc([])).toEqual({ code: 2, out: '', err: generalHelp() });
  });

  test.each(commands.map((c) => c.name))('of %s', async (name) => {
    const text = commandHelp(findCommand(name)!);
    expect(text).toMatchSnapshot();
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect((await enetc([name, '--help'])).out).toBe(text);
    expect((await enetc([name, 'some', 'operands', 'too', 'many', '-h'])).out).toBe(text);
    expect((await enetc(['help', name])).out).toBe(text);
  });
});

test('an unknown command gets the nearest name', async () => {
  const ran = await enetc(['compil']);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain("there is no command 'compil'; did you mean 'compile'?");
  expect((await enetc(['--vresion'])).code).toBe(2);
});

test('the version is one line', async () => {
  expect((await enetc(['--version'])).out).toMatch(/^enetc .+\n$/);
});
