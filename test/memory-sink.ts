import type { OpenSink } from '../src/6-emit/target.ts';

/** Files in memory, for tests: what a target writes, by suffix. */
export function memoryFiles(): { open: OpenSink; bytes: (suffix?: string) => Uint8Array } {
  const files = new Map<string, { parts: Uint8Array[]; size: number }>();
  return {
    open: (suffix) => {
      const file = { parts: [] as Uint8Array[], size: 0 };
      files.set(suffix, file);
      return {
        name: `model.onnx${suffix}`,
        sink: {
          write: (bytes) => {
            // a sink takes over the bytes at once: the writer reuses its buffer
            file.parts.push(bytes.slice());
            file.size += bytes.length;
          },
        },
      };
    },
    bytes: (suffix = '') => {
      const file = files.get(suffix);
      if (!file) throw new Error(`no file '${suffix}' was written`);
      const all = new Uint8Array(file.size);
      let at = 0;
      for (const part of file.parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}
