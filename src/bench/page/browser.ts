/** What the page needs of its browser: the rest of the program is typed without a DOM. */

interface GpuAdapter {
  readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string };
  readonly isFallbackAdapter?: boolean;
}

export interface BrowserScope {
  readonly crossOriginIsolated: boolean;
  readonly navigator: {
    readonly userAgent: string;
    readonly hardwareConcurrency?: number;
    readonly gpu?: { requestAdapter(): Promise<GpuAdapter | null> };
    readonly wakeLock?: { request(kind: 'screen'): Promise<unknown> };
    sendBeacon(url: string): boolean;
  };
  readonly performance: {
    now(): number;
    measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
  };
  readonly document: {
    readonly hidden: boolean;
    readonly baseURI: string;
    getElementById(id: string): { textContent: string | null } | null;
    addEventListener(event: 'visibilitychange', listener: () => void): void;
  };
  addEventListener(event: 'pagehide', listener: () => void): void;
}

export const browser = globalThis as unknown as BrowserScope;

/** The address of a file next to the page. */
export function addressOf(path: string): string {
  return new URL(path, browser.document.baseURI).href;
}

/** The step of the page's clock in milliseconds: browsers make it coarse. */
export function clockStep(): number {
  const { performance } = browser;
  let step = Number.POSITIVE_INFINITY;
  for (let steps = 0; steps < 50; steps++) {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    step = Math.min(step, to - from);
  }
  return step;
}

/**
 * Bytes that the page takes, if the browser reports them within some seconds: it waits for threads, which may be asleep.
 */
export async function memoryOfPage(): Promise<number | null> {
  const asked = browser.performance.measureUserAgentSpecificMemory?.();
  if (!asked) return null;
  const late = new Promise<null>((done) => setTimeout(() => done(null), 5000));
  return Promise.race([asked.then(({ bytes }) => bytes), late]).catch(() => null);
}

/** The adapter of the page's WebGPU. @throws if there is none */
export async function describeGpu(): Promise<string> {
  const { gpu } = browser.navigator;
  if (!gpu) throw new Error('this page has no WebGPU: browsers offer it only to pages on loopback or over https');
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('this browser has WebGPU, but no adapter for it');
  const { vendor, architecture, description } = adapter.info ?? {};
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'an adapter that it does not name';
  return adapter.isFallbackAdapter || architecture === 'swiftshader' ? `${name}, which computes on the CPU` : name;
}

/** @throws where more than one thread is requested and the page cannot have them */
export function checkThreads(threads: number): void {
  if (threads === 1 || browser.crossOriginIsolated) return;
  throw new Error('threads need a page on loopback or over https; use --threads 1');
}
