import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import type { CodeServer } from './code-server.ts';

/** A workbench in a browser, and what a person does in it. */
export interface Workbench {
  readonly page: Page;
  readonly editor: Locator;
  openFile(name: string): Promise<void>;
  /** Runs a command by its title, from the palette. */
  run(title: string): Promise<void>;
  /** Puts the cursor at a line and column, both from 1. */
  goTo(line: number, column: number): Promise<void>;
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

/** Opens the workbench of a running code-server. */
export async function openWorkbench(
  server: CodeServer,
  executablePath: string,
  viewport = { width: 1400, height: 900 },
): Promise<Workbench> {
  const browser: Browser = await chromium.launch({ executablePath, args: flags });
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(server.url);
  await page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 60_000 });
  await page.locator('.part.statusbar').waitFor();
  const editor = page.locator('.editor-instance .monaco-editor').first();

  const pick = async (keys: string, text: string) => {
    await page.keyboard.press(keys);
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor();
    await input.fill(text);
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  };

  return {
    page,
    editor,
    async openFile(name) {
      await pick('Control+p', name);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
      await page.locator('.tab.active', { hasText: name }).waitFor();
      await editor.locator('.view-line').first().waitFor();
      await editor.locator('.view-lines').click({ position: { x: 400, y: 5 } });
    },
    async run(title) {
      await pick('F1', `>${title}`);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
    },
    async goTo(line, column) {
      await page.keyboard.press('Control+g');
      const input = page.locator('.quick-input-widget input[type="text"]');
      await input.waitFor();
      await input.fill(`:${line}:${column}`);
      await page.keyboard.press('Enter');
      await page.locator('.part.statusbar', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
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
