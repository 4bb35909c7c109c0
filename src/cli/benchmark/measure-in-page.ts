import { join } from 'node:path';
import type { PageEngine } from '../../bench/engines.ts';
import type { PageResult } from '../../bench/page/protocol.ts';
import { flag, number, text } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';
import type { StatusLine } from '../status-line.ts';
import { findChromium, startChromium } from './chromium.ts';
import type { MeasuredModels, MeasureRequest } from './measured.ts';
import type { ModelFile } from './open-model.ts';
import { pageFiles } from './page-files.ts';
import { type ServedPage, servePage } from './page-server.ts';

/**
 * Measures models in a browser: one that is started without a window, or with `--device` any that opens the page.
 * @param groups one after the other; the models of a group in turns.
 */
export async function measureInPage(
  groups: readonly (readonly ModelFile[])[],
  engine: PageEngine,
  request: MeasureRequest,
  folder: string,
  screen: StatusLine,
  args: Arguments,
  io: Io,
): Promise<readonly MeasuredModels[]> {
  const onDevice = flag(args, 'device');
  const chromium = onDevice ? undefined : findChromium(text(args, 'chromium'), io);
  const { threads, batch, seconds, seed } = request;
  const { files: served, urls } = pageFiles(engine, groups.flat(), io.cwd);
  let next = 0;
  const jobs = groups.map((group) => {
    const models = group.map(({ name }) => ({ name, url: urls[next++] as string }));
    return { engine, threads, batch, seconds, seed, models };
  });
  const page = await servePage(jobs, served, {
    host: text(args, 'host') ?? '127.0.0.1',
    port: number(args, 'port') ?? 0,
    onProgress: screen.progress,
  });
  try {
    const results = chromium === undefined ? await onDeviceOf(page, io) : await headless(page, chromium);
    return results.map(({ memory, userAgent, cores, wasHidden, ...measured }) => ({
      ...measured,
      ...(memory !== null && { memory: { peak: memory } }),
      device: { userAgent, cores, wasHidden },
    }));
  } finally {
    page.close();
  }

  function headless({ urls: [url = ''], results }: ServedPage, path: string): Promise<readonly PageResult[]> {
    const browser = startChromium(
      path,
      join(folder, 'browser'),
      url,
      engine.endsWith('gpu') || engine.endsWith('webgl'),
    );
    return Promise.race([results, browser.ended]).finally(browser.close);
  }
}

/** On standard error, where machines that read the result do not look. */
function onDeviceOf({ urls, results }: ServedPage, io: Io): Promise<readonly PageResult[]> {
  io.stderr.write(
    `open in the browser of the device that is to be measured (Ctrl-C ends):\n${urls.map((url) => `  ${url}\n`).join('')}`,
  );
  return results;
}
