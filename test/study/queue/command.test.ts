import { expect, test } from 'vitest';
import { parseQueueAddress } from '../../../src/study/queue/queue-address.ts';
import { enetc } from '../../cli/fake-io.ts';
import { studyFolder } from '../fixture.ts';

test('an address is shown without what may be secret', () => {
  const shown = (url: string) => parseQueueAddress(url).shown;
  expect(shown('redis://:geheim@10.0.0.5:6379/2?password=geheim')).toBe('redis://10.0.0.5:6379/2');
  expect(shown('rediss://me:geheim@host')).toBe('rediss://host');
  expect(shown('postgres://me:geheim@[::1]:5432/db?sslmode=require')).toBe('postgres://[::1]:5432/db');
  for (const url of ['mysql://me:geheim@host', 'geheim', 'redis://', 'http://geheim']) {
    expect(() => shown(url)).toThrow(/takes the address of a server/);
    expect(() => shown(url)).not.toThrow(/geheim/);
  }
});

test('what is missing or cannot be is said before anything is written', async () => {
  const cwd = studyFolder();
  const said = async (line: string) => {
    const { code, err } = await enetc(line.split(' '), { cwd });
    // behind what it warns of
    return `${code} ${err.split('\n').find((text) => !text.startsWith('warning: '))}`;
  };
  expect(await said('worker')).toBe('2 error: --queue is missing: where studies queue trainings');
  expect(await said('worker --queue me:geheim@host')).toMatch(
    /^2 error: --queue takes the address of a server: redis:/,
  );
  const search = 'search space.enet --data data --trials 1 --out study';
  expect(await said(`${search} --queue redis://127.0.0.1:1 --workers 2`)).toMatch(
    /^2 error: --workers are child processes, and --queue has none/,
  );
  expect(await said(`${search} --queue redis://127.0.0.1:1`)).toMatch(/^2 error: --queue needs --backend: /);
  // nothing listens on port 1
  expect(await said('worker --queue postgres://me:geheim@127.0.0.1:1/x')).toBe(
    '1 error: the queue at postgres://127.0.0.1:1/x cannot be used: connect ECONNREFUSED 127.0.0.1:1',
  );
});
