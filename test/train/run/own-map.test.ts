import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { enetc } from '../../cli/fake-io.ts';
import { temporaryFolder, tinySpec, writeIdx } from './fixture.ts';

/** What the modules of the tiny network are called elsewhere. */
const map = `import { Tiny } from "./tiny.enet"

weights Tiny {
  convention mine: torch(mean: [0.25], std: [0.5])
  | path       | mine   |
  | stem       | entry  |
  | stages.0.0 | first  |
  | stages.0.1 | second |
  | head       | neck   |
  | classifier | answer |
}
`;

test("a map of one's own names the weights that train and eval begin with; a run goes on without it", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.enet'), tinySpec);
  writeFileSync(join(cwd, 'mine.enet'), map);
  writeIdx(join(cwd, 'data'), 24, 12);
  const run = async (line: string) => {
    const ran = await enetc(line.split(' '), { cwd });
    expect(ran.code, `${line}\n${ran.err}`).toBe(0);
    return ran.out;
  };
  await run('weights init tiny.enet -o own.safetensors');
  await run('weights convert own.safetensors tiny.enet --map mine.enet --names mine -o theirs.safetensors');
  const names = JSON.parse(await run('weights inspect theirs.safetensors --json')).tensors as { name: string }[];
  expect(names.some(({ name }) => name.startsWith('entry.'))).toBe(true);

  const evaluate = async (rest: string) => {
    const { top1, loss } = JSON.parse(await run(`eval ${rest} --data data --backend cpu --json`));
    return { top1, loss };
  };
  const theirs = '--weights theirs.safetensors --map mine.enet';
  const wanted = await evaluate('tiny.enet --weights own.safetensors --convention torch --mean 0.25 --std 0.5');
  expect(await evaluate(`tiny.enet ${theirs}`)).toEqual(wanted);
  expect(await evaluate('tiny.enet --weights own.safetensors')).not.toEqual(wanted);

  const recipe = '--data data --backend cpu --workers 1 --batch 8 --warmup 0 --rate 0.001 --out run';
  await run(`train tiny.enet ${theirs} ${recipe} --epochs 1`);
  const config = JSON.parse(readFileSync(join(cwd, 'run/config.json'), 'utf8'));
  expect(JSON.stringify(config)).toContain('theirs.safetensors');
  for (const file of ['mine.enet', 'theirs.safetensors']) rmSync(join(cwd, file));
  await run('train --resume run --epochs 2');
  await run('eval --run run --backend cpu');
});
