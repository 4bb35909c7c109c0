import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { enetc, folder } from '../cli/fake-io.ts';

/** EfficientNet-B0 as timm states its blocks, in Python, and as the TPU reference code does. */
const timm = `arch_def = [
  ['ds_r1_k3_s1_e1_c16_se0.25'],  # 112x112
  ['ir_r2_k3_s2_e6_c24_se0.25'], ['ir_r2_k5_s2_e6_c40_se0.25'],
  ['ir_r3_k3_s2_e6_c80_se0.25'],
  ['ir_r3_k5_s1_e6_c112_se0.25'],
  ['ir_r4_k5_s2_e6_c192_se0.25'],
  ['ir_r1_k3_s1_e6_c320_se0.25'],
]
`;
const tpu = `r1_k3_s11_e1_i32_o16_se0.25
r2_k3_s22_e6_i16_o24_se0.25
r2_k5_s22_e6_i24_o40_se0.25
r3_k3_s22_e6_i40_o80_se0.25
r3_k5_s11_e6_i80_o112_se0.25
r4_k5_s22_e6_i112_o192_se0.25
r1_k3_s11_e6_i192_o320_se0.25
`;

test.each([
  ['timm', timm, 'torch'],
  ['tpu', tpu, 'tf'],
])("EfficientNet-B0's blocks in the strings of %s are EfficientNet-B0", async (_, strings, convention) => {
  const cwd = folder({ 'b0.txt': strings });
  const ran = await enetc(['import', 'b0.txt'], { cwd });
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('b0.enet  24 lines for 7 blocks') });
  expect(ran.err).toContain("EfficientNet's stem of 32 filters, head of 1280 and silu");
  expect(readFileSync(join(cwd, 'b0.enet'), 'utf8')).toContain(
    '| 4      | 192      | 5      | 2      | 6      | 0.25 |',
  );
  const own = await enetc(['summary', 'b0.txt', '--json'], { cwd });
  const library = await enetc(['summary', 'efficientnet', '--variant', 'b0', '--convention', convention, '--json'], {
    cwd,
  });
  const { params, macs } = JSON.parse(own.out).totals;
  expect(params).toBe(5_288_548);
  expect(JSON.parse(library.out).totals).toMatchObject({ params, macs });
});

test('fused blocks, plain convolutions, activations and missing shortcuts are stated', async () => {
  const cwd = folder({
    'net.txt':
      'cn_r2_k3_s1_c24_skip\ner_r2_k3_s2_e4_c48\nir_r1_k5_s2_e3_c40_se0.25_nre_noskip\ndsa_r1_k3_s1_c64\ncn_r1_k1_s1_c960',
  });
  expect(await enetc(['import', 'net.txt'], { cwd })).toMatchObject({ code: 0 });
  const text = readFileSync(join(cwd, 'net.enet'), 'utf8');
  expect(text.slice(text.indexOf('stages'), text.indexOf('head'))).toBe(`stages: FusedMBConv(act: silu) {
    | block         | repeat | channels | kernel | stride | expand | se   | act  | project_act | skip  |
    |               | 2      | 24       | 3      | 1      | 1      |      |      |             |       |
    |               | 2      | 48       | 3      | 2      | 4      |      |      |             |       |
    | MBConv        | 1      | 40       | 5      | 2      | 3      | 0.25 | relu |             | false |
    | SeparableConv | 1      | 64       | 3      | 1      |        |      |      | silu        |       |
    | ConvBnAct     | 1      | 960      | 1      | 1      |        |      |      |             |       |
  }
  `);
});

test.each([
  ['uir_r1_a5_k5_s2_e3_c64', "'uir_r1_a5_k5_s2_e3_c64' (block string) cannot be expressed: 'a5' cannot be expressed"],
  ['ir_r1_k3_s2_e4_c64_gs8', "'gs8' cannot be expressed"],
  ['er_r1_k3_s2_e4_c64_se0.25', "a squeeze-and-excitation in a block of the type 'er' cannot be expressed"],
  ['r1_k3_s12_e4_i32_o64', "its stride '12' cannot be expressed"],
  ['ir_r1_k3_s2_e4', "it has no whole number 'c'"],
])('%s is refused by its name', async (string, why) => {
  const cwd = folder({ 'net.txt': `ir_r1_k3_s1_e1_c16\n${string}\n` });
  const ran = await enetc(['import', 'net.txt'], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(`the node '${string}' (block string) cannot be expressed`);
  expect(ran.err).toContain(why);
});
