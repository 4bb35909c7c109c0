import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Record<string, string>;
  readonly tty?: boolean;
}

/** Runs a command line in this process, with streams that keep what is written. */
export async function enetc(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: options.tty ?? false,
  });
  const io: Io = {
    cwd: options.cwd ?? tmpdir(),
    env: options.env ?? {},
    stdout: stream('out'),
    stderr: stream('err'),
    readStdin: async () =>
      typeof options.stdin === 'string' ? new TextEncoder().encode(options.stdin) : (options.stdin ?? new Uint8Array()),
  };
  return { code: await run(argv, io), ...written };
}

/** A folder with these files, gone after the test. */
export function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'enetc-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

/** A network of a few weights. */
export const tiny = `import { ConvBnAct } from "std/blocks"

model Tiny {
  param classes: int = 4
  param resolution: int = r(16)
  convention torch
  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }
  variants {
    | name | phi | w   | resolution |
    | a    | 0   | 1.0 | 16         |
    | b    | 1   | 2.0 | 32         |
  }
  input image: [3, resolution, resolution]
  stem: ConvBnAct(w(8), kernel: 3, stride: 2)
  head: GlobalAvgPool
  classifier: Linear(classes)
  return logits: classifier
}
`;
