import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import type { CodeServer } from './code-server.ts';

/** A workbench in a browser, and what a person does in it. */
export interface Workbench {
  readonly page: Page;
  readonly editor: Locator;
  /** Loads the page again, as a person does who comes back to it. */
  reload(): Promise<void>;
  /** What the workbench has kept of its editors so far, which a reload brings back. It keeps them every few seconds. */
  keptEditors(): Promise<string>;
  openFile(name: string): Promise<void>;
  /** Runs a command by its title, from the palette. */
  run(title: string): Promise<void>;
  /** Runs a command until what it opens shows: a workbench with much to do may close the palette without hearing the click. */
  show(title: string, opened: Locator): Promise<void>;
  /** Puts the cursor at a line and column, both from 1. */
  goTo(line: number, column: number): Promise<void>;
  /** Clicks a lens until something shows that it was heard: lenses that are just drawn again do not hear. */
  clickLens(lens: Locator, heard: Locator): Promise<void>;
  /** The lenses that hold a text. */
  lens(text: string): Locator;
  /** What the editor shows, hints included, a line a string. */
  lines(): Promise<string[]>;
  /** The page of the preview. */
  preview(): FrameLocator;
  close(): Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Opens the workbench that a server gives. */
export async function openWorkbench(
  server: Pick<CodeServer, 'url'>,
  executablePath: string,
  viewport = { width: 1400, height: 900 },
): Promise<Workbench> {
  const browser: Browser = await chromium.launch({ executablePath, args: flags, timeout: 120_000 });
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const load = async () => {
    await page.goto(server.url);
    await page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 60_000 });
    await page.locator('.part.statusbar').waitFor();
  };
  await load();
  const editor = page.locator('.editor-instance .monaco-editor').first();

  const input = page.locator('.quick-input-widget input[type="text"]');
  const rows = page.locator('.quick-input-list .monaco-list-row');

  /** Opens the palette or the list of files, and types. A workbench that still loads may miss keys, hence the tries. */
  const pick = async (keys: string, text: string, row: Locator) => {
    for (let left = 5; ; left--) {
      await page.keyboard.press(keys);
      try {
        await input.waitFor({ timeout: 4000 });
        await input.fill(text);
        await row.click({ timeout: 8000 });
        return;
      } catch (e) {
        if (left === 0) throw e;
        await page.keyboard.press('Escape');
      }
    }
  };

  const run = (title: string) => pick('F1', `>${title}`, rows.filter({ hasText: title }).first());

  /** Acts until something shows that the workbench heard it. */
  const until = async (act: () => Promise<void>, heard: Locator) => {
    for (let left = 5; ; left--) {
      await act();
      try {
        await heard.waitFor({ timeout: left === 0 ? 60_000 : 8000 });
        return;
      } catch (e) {
        if (left === 0) throw e;
      }
    }
  };

  return {
    page,
    editor,
    reload: load,
    keptEditors: () => page.evaluate<string>(readKeptEditors),
    async openFile(name) {
      await pick('Control+p', name, rows.filter({ hasText: name }).first());
      await page.locator('.tab.active', { hasText: name }).waitFor();
      await editor.locator('.view-line').first().waitFor();
    },
    run,
    show: (title, opened) => until(() => run(title), opened),
    async goTo(line, column) {
      await page.keyboard.press('Control+g');
      await input.waitFor();
      await input.fill(`:${line}:${column}`);
      await page.keyboard.press('Enter');
      await page.locator('.part.statusbar', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
    },
    lens: (text) => page.locator('.codelens-decoration a', { hasText: text }),
    async clickLens(lens, heard) {
      let missed = false;
      await until(async () => {
        // away and back: lenses are drawn again
        if (missed) for (const key of ['Control+End', 'Control+u']) await page.keyboard.press(key);
        missed = true;
        await lens.click();
      }, heard);
    },
    async lines() {
      const lines = await editor
        .locator('.view-line')
        .evaluateAll((elements) =>
          elements
            .map((element) => ({ top: Number.parseFloat(element.style.top), text: element.textContent ?? '' }))
            .sort((a, b) => a.top - b.top),
        );
      return lines.map(({ text }) => text.replaceAll('\u00a0', ' '));
    },
    preview: () => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
    async close() {
      await browser.close();
    },
  };
}

/**
 * For the page, whose own things the types of these tests do not know. The state of the workbench as a whole is in one
 * database, that of the workspace in another.
 */
const readKeptEditors = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-') || name.endsWith('-global')) continue;
    const database = await done(indexedDB.open(name));
    const items = database.transaction('ItemTable').objectStore('ItemTable');
    const kept = await done(items.get('memento/workbench.parts.editor'));
    database.close();
    if (kept !== undefined) return kept;
  }
  return '';
})()`;
