import { type MeasureOptions, measure } from '../measure.ts';
import { addressOf, browser, clockStep, memoryOfPage } from './browser.ts';
import type { OpenedEngine } from './engine.ts';
import { openOnnxEngine } from './onnx-engine.ts';
import type { PageJob, PageResult } from './protocol.ts';
import { openTfjsEngine } from './tfjs-engine.ts';

/**
 * The script of the page that `enetc bench` serves, `dist/bench-page.js`: takes one job after the other, measures, and sends results or
 * errors to the program that serves it.
 */
void run();

async function run(): Promise<void> {
  try {
    let job = await takeJob('job');
    if (!job) return;
    browser.addEventListener('pagehide', () => void browser.navigator.sendBeacon(addressOf('left')));
    // a screen that goes dark would stop the page
    await browser.navigator.wakeLock?.request('screen').catch(() => undefined);
    for (; job; job = await takeJob('next')) await send('result', await measureJob(job));
    say('Measured: the result is in the terminal.');
  } catch (e) {
    const message = e instanceof Error ? e.message : String(e);
    say(message);
    await send('failed', message).catch(() => undefined);
  }
}

/** The first job, or the next: undefined where there is none, or another page has it. */
async function takeJob(path: 'job' | 'next'): Promise<PageJob | undefined> {
  const response = await fetch(addressOf(path), { method: 'POST' }).catch(() => undefined);
  if (response?.status === 200) return (await response.json()) as PageJob;
  if (path === 'job') say(response ? await response.text() : 'The program that serves this page has ended.');
  return undefined;
}

async function measureJob(job: PageJob): Promise<PageResult> {
  let wasHidden = browser.document.hidden;
  browser.document.addEventListener('visibilitychange', () => {
    wasHidden ||= browser.document.hidden;
  });
  await tell('loading the engine');
  const engine: OpenedEngine = await (job.engine.startsWith('ort-') ? openOnnxEngine(job) : openTfjsEngine(job));
  const inputs: Record<string, readonly number[]>[] = [];
  const openers: (() => ReturnType<Parameters<typeof measure>[0][number]>)[] = [];
  for (const [i, { name, url }] of job.models.entries()) {
    await tell(`fetching ${name}`);
    const open = await engine.fetchModel(url);
    openers.push(async () => {
      const session = await open();
      if (typeof session === 'string') throw new Error(`'${name}' ${session}`);
      inputs[i] = session.inputs;
      return session;
    });
  }
  const options: MeasureOptions = {
    seconds: job.seconds,
    now: () => browser.performance.now(),
    resolution: clockStep(),
    onProgress: tell,
    progressMs: 500,
  };
  const measured = await measure(openers, options);
  return {
    ...measured,
    inputs,
    engine: engine.description,
    userAgent: browser.navigator.userAgent,
    cores: browser.navigator.hardwareConcurrency ?? null,
    memory: await memoryOfPage(),
    wasHidden,
  };
}

/** Shows and reports the progress, and lets the page be drawn. */
async function tell(text: string): Promise<void> {
  say(text);
  await send('progress', text);
  await new Promise((done) => setTimeout(done, 0));
}

function say(text: string): void {
  const place = browser.document.getElementById('state');
  if (place) place.textContent = text;
}

async function send(path: string, value: unknown): Promise<void> {
  const response = await fetch(addressOf(path), { method: 'POST', body: JSON.stringify(value) });
  if (!response.ok) throw new Error(await response.text());
}
