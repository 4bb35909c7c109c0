import { describe, expect, test } from 'vitest';
import { flag, list, number, parseArguments, text } from '../../src/cli/arguments.ts';
import { commands, findCommand } from '../../src/cli/commands.ts';
import { commandHelp, generalHelp } from '../../src/cli/help.ts';
import { Exit } from '../../src/cli/io.ts';
import { enetc, folder } from './fake-io.ts';

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
    [['--resolution', '2.5'], "--resolution takes a size such as 224 or 224x320, not '2.5'"],
    [['--batch', '0'], "--batch takes a whole number from 1 to 2147483647 or dynamic, not '0'"],
    [['--batch', 'dynamc'], "--batch takes a whole number from 1 to 2147483647 or dynamic, not 'dynamc'"],
    [['--convention', 'jax'], "--convention takes tf or torch, not 'jax'"],
    [['--target', 'coreml'], "--target takes onnx or tfjs or savedmodel or tflite or pytorch, not 'coreml'"],
    [['--set', 'classes'], "--set takes NAME=VALUE, not 'classes'"],
    [['--half=yes'], '--half takes no value'],
    [['--phy', '1'], "compile has no option --phy; did you mean '--phi'?"],
    [['--variants', 'b0'], "compile has no option --variants; did you mean '--variant'?"],
    [
      ['--portable'],
      "--portable was removed: plain operators are the default now, so leave it out; '--tuned ort-x86' writes what was the default before",
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
      for (const [line] of command.examples) expect(line).toMatch(new RegExp(`enetc ${command.name}\\b`));
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

describe('numbers have bounds', () => {
  test.each([
    ['check', ['--max-warnings', '-1'], "--max-warnings takes a whole number from 0, not '-1'"],
    ['check', ['--max-warnings', '1e3'], "--max-warnings takes a whole number from 0, not '1e3'"],
    ['check', ['--max-warnings=NaN'], 'takes a whole number from 0'],
    ['compile', ['--batch', '2147483648'], '--batch takes a whole number from 1 to 2147483647 or dynamic'],
    ['compile', ['--seed', '1.5'], '--seed takes a whole number'],
    ['compile', ['--seed', '1e999'], '--seed takes a whole number'],
    ['compile', ['--opset', '-17'], '--opset takes a whole number from 1'],
    ['verify', ['--batch', '5000'], '--batch takes a whole number from 1 to 4096'],
    ['verify', ['--tolerance', '101'], '--tolerance takes a number to 100'],
    ['eval', ['--batch', '100000'], '--batch takes a whole number from 1 to 65536'],
    ['train', ['--workers', '100000'], '--workers takes a whole number from 1 to 1024'],
    ['train', ['--classes', '0'], '--classes takes a whole number from 1'],
    ['lsp', ['--listen', '65536'], '--listen takes a whole number from 1 to 65535'],
  ])('%s %j', (command, argv, message) => {
    expect(refusal(command, ...argv)).toContain(message);
  });

  test('every number has its kind checked', () => {
    for (const command of commands) {
      for (const option of command.options.filter((o) => ['number', 'integer', 'positive'].includes(o.kind ?? ''))) {
        for (const value of ['NaN', 'Infinity', '1e400', '0x10', '١', '1_000', '1,5', ''])
          expect(refusal(command.name, `--${option.name}=${value}`)).toContain(`--${option.name} takes`);
      }
    }
  });

  test('at the bounds', () => {
    expect(number(parse('check', '--max-warnings', '0'), 'max-warnings')).toBe(0);
    expect(number(parse('lsp', '--socket', '65535'), 'socket')).toBe(65535);
    expect(number(parse('compile', '--seed', '-1'), 'seed')).toBe(-1);
  });
});

describe('options that other programs call otherwise', () => {
  test.each([
    ['train', '--lr', 'rate'],
    ['train', '--learning-rate', 'rate'],
    ['train', '--bs', 'batch'],
    ['train', '--batch-size', 'batch'],
    ['train', '--output-dir', 'out'],
    ['train', '--output', 'out'],
    ['train', '--optimizer', 'optimiser'],
    ['compile', '--out', 'output'],
    ['compile', '--fp16', 'half'],
    ['compile', '--img-size', 'resolution'],
    ['compile', '--varient', 'variant'],
    ['compile', '--varixxt', 'variant'],
    ['compile', '--hlaf', 'half'],
  ])('%s %s', (command, option, meant) => {
    expect(refusal(command, option, '1')).toBe(`${command} has no option ${option}; did you mean '--${meant}'?`);
  });

  test.each([
    ['compile', '--lr'],
    ['compile', '--x'],
    ['compile', '--ab'],
    ['compile', '--constructor'],
    ['compile', '--toString'],
    // A third of the letters may be wrong, no more: two of seven.
    ['compile', '--varixxx'],
  ])('%s %s means nothing', (command, option) => {
    expect(refusal(command, option, '1')).toBe(`${command} has no option ${option}`);
  });
});

describe('a long command line', () => {
  const long = 100_000;
  test.each([
    ['an unknown option', ['compile', `--${'a'.repeat(long)}`]],
    ['an operand', ['compile', `${'a'.repeat(long)}`]],
    ['a name with bars', ['compile', 'efficient_'.repeat(long / 10)]],
    ['a path', ['compile', `${'./'.repeat(long / 2)}x.enet`]],
    ['digits', ['compile', 'tiny', '--phi', '1'.repeat(long)]],
    ['digits and a letter', ['compile', 'tiny', '--phi', `${'1'.repeat(long)}x`]],
    ['a decimal', ['compile', 'tiny', '--phi', `${'1'.repeat(long)}.${'1'.repeat(long)}e`]],
    ['an assignment', ['compile', 'efficientnet', '--set', `${'a'.repeat(long)}=1`]],
    ['an assignment of blanks', ['compile', 'efficientnet', '--set', `classes=${' '.repeat(long)}`]],
    ['points', ['diff', `efficientnet@${'9'.repeat(long)}`, `@${'1.'.repeat(long / 2)}`]],
    ['many at signs', ['diff', '@'.repeat(long), '@b0']],
    ['a code', ['explain', `error[${'['.repeat(long)}`]],
    ['many operands', ['list', ...Array(20_000).fill('resnet-unknown')]],
    ['many assignments', ['compile', 'tiny', ...Array.from({ length: 20_000 }, (_, i) => ['--set', `a${i}=1`]).flat()]],
    ['many patterns', ['compile', 'tiny', ...Array(20_000).fill('--allow-missing=x')]],
    ['a drawing', ['graph', 'efficientnet', '-o', `${'.'.repeat(long)}/${'a.'.repeat(long)}`]],
    ['a command', ['compil'.repeat(long)]],
  ])('of %s takes no time and gets a short answer', async (_, argv) => {
    const start = process.cpuUsage();
    const ran = await enetc(argv);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(4e6); // microseconds, of the processor: others may have it for longer
    expect([1, 2]).toContain(ran.code);
    expect(ran.err.length).toBeLessThan(3000);
  });
});

describe('models by the names that others give them', () => {
  test.each([
    ['efficientnet-b0', 'efficientnet --variant b0'],
    ['efficientnet_b0', 'efficientnet --variant b0'],
    ['tf_efficientnet_b0', 'efficientnet --variant b0'],
    ['EfficientNetB0', 'efficientnet --variant b0'],
    ['efficientnet@b0', 'efficientnet --variant b0'],
    ['tf_efficientnet_b7_ns', 'efficientnet --variant b7'],
    ['timm/efficientnet_b0.ra_in1k', 'efficientnet --variant b0'],
    ['google/efficientnet-b0', 'efficientnet --variant b0'],
    ['efficientnet_lite0', 'efficientnet-lite --variant lite0'],
    ['tf_efficientnetv2_s', 'efficientnet-v2 --variant s'],
    ['efficientnet_v2_s', 'efficientnet-v2 --variant s'],
    ['EfficientNetV2B0', 'efficientnet-v2 --variant b0'],
    ['resnet50', 'resnet --variant resnet50'],
    ['resnet-50', 'resnet --variant resnet50'],
    ['ResNet152', 'resnet --variant resnet152'],
    ['microsoft/resnet-50', 'resnet --variant resnet50'],
    ['resnext50_32x4d', 'resnet --variant resnext50_32x4d'],
    ['wide_resnet50_2', 'resnet --variant wide_resnet50_2'],
    ['mobilenetv3_large_100', 'mobilenet-v3 --variant large'],
    ['tf_mobilenetv3_small_075', 'mobilenet-v3 --variant small --w 0.75'],
    ['mobilenet_v3_large', 'mobilenet-v3 --variant large'],
    ['mobilenetv2_140', 'mobilenet-v2 --variant w140'],
    ['mobilenetv2_110d', 'mobilenet-v2 --variant w110d'],
    ['mobilenet_v2_1.4_224', 'mobilenet-v2 --variant w140 --resolution 224'],
    ['mobilenet_v1_0.75_192', 'mobilenet-v1 --w 0.75 --resolution 192'],
    ['mnasnet0_5', 'mnasnet --w 0.5'],
    ['mnasnet_small', 'mnasnet --variant small'],
    ['vgg16', 'vgg --variant vgg16'],
    ['squeezenet1_0', 'squeezenet --variant 1_0'],
    ['shufflenet_v2_x0_5', 'shufflenet-v2 --variant x0_5'],
  ])('%s', async (name, meant) => {
    const { code, err } = await enetc(['summary', name], { cwd: folder() });
    expect(code).toBe(2);
    expect(err).toContain(`; the library has it as '${meant}'`);
    // What is said works.
    expect(await enetc(['summary', ...meant.split(' ')])).toMatchObject({ code: 0, err: '' });
  });

  test.each([
    ['mobilenet_v2', "; the library has it as 'mobilenet-v2' with --variant w050, w100"],
    ['mnasnet_100', "; the library has it as 'mnasnet' with --variant a1, b1, small"],
    ['efficientnet-b9', "; the library has 'efficientnet' with --variant b0, b1"],
    ['mobilenet', '; the library has mobilenet-v1, mobilenet-v2, mobilenet-v3\n'],
    ['eficientnet-b0', "; did you mean 'efficientnet --variant b0'?"],
    ['resnt', "; did you mean 'resnet'?"],
    ['resnet50d', "; 'enetc list' names the models"],
    ['resnet26', "; 'enetc list' names the models"],
    ['densenet121', "; 'enetc list' names the models"],
  ])('%s', async (name, hint) => {
    expect((await enetc(['summary', name], { cwd: folder() })).err).toContain(
      `there is no file or library model '${name}'${hint}`,
    );
  });

  test('every variant of the library, in the spelling of timm and with a bar', async () => {
    for (const { name, variants } of JSON.parse((await enetc(['list', '--json'])).out)) {
      for (const { variant } of variants as { variant?: string }[]) {
        if (variant === undefined) continue;
        for (const typed of [`${name}-${variant}`, `${name.replaceAll('-', '')}_${variant}`, `tf_${name}_${variant}`]) {
          const { err } = await enetc(['list', typed]);
          expect(err).toContain(`; the library has it as '${name} --variant ${variant}'`);
        }
      }
    }
  });
});
