import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { openLivePage } from '../../src/cli/study/live-page.ts';
import { resumeStudy, startStudy } from '../../src/study/run-study.ts';
import type { StudyEvent } from '../../src/study/study-events.ts';
import { browserPath } from '../bench/chromium.ts';
import { placeIn, planIn, studyFolder } from './fixture.ts';

test.skipIf(!browserPath)('a page on loopback follows a study while it runs', async () => {
  const cwd = studyFolder();
  let said = '';
  const stderr = {
    isTTY: false,
    write: (text: string) => {
      said += text;
    },
  };
  const live = await openLivePage({ stderr });
  const url = /http:\S+/.exec(said)?.[0] as string;
  const { hostname, port } = new URL(url);
  expect(hostname).toBe('127.0.0.1');
  const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  for (const { address, internal, family } of others) {
    if (!internal && family === 'IPv4') expect(await answers(address, Number(port))).toBe(false);
  }
  expect((await fetch(new URL('/', url))).status).toBe(404);

  const browser = await chromium.launch({
    executablePath: browserPath as string,
    args: ['--no-sandbox'],
    timeout: 120_000,
  });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (e) => problems.push(e.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    // stopped after the third training, and gone on with once the page has shown that
    let ended = 0;
    const controller = new AbortController();
    const onEvent = (event: StudyEvent) => {
      live.onEvent(event);
      if (event.kind === 'trial' && ++ended === 3) controller.abort();
    };
    const plan = await planIn(cwd, { trials: 8, rungs: [1] });
    await startStudy(plan, 'study', placeIn(cwd, 1), { signal: controller.signal, onEvent });
    await page.goto(url);
    await page.getByText(`${ended} trainings have ended`).waitFor();
    await page.getByRole('heading', { name: 'All networks' }).waitFor();
    const { findings } = await resumeStudy('study', placeIn(cwd, 1), { onEvent: live.onEvent });
    // without loading the page again
    await page.getByText(`${findings.networks.length} trainings have ended`).waitFor();
    await expect.poll(() => page.locator('#report tbody tr').count()).toBeGreaterThan(findings.networks.length);
    const link = page.locator('#report a.path').first();
    const spec = await fetch(new URL((await link.getAttribute('href')) as string, url));
    expect(await spec.text()).toContain('model Tiny');
    live.close();
    await page.getByText('the study has ended').waitFor();
    expect(problems.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  } finally {
    await browser.close();
    live.close();
  }
});

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
