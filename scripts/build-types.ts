// Writes the types of the package, one file for each entry: dist/NAME.d.ts.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { entries } from './entries.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = `${root}dist/types`;

/** TypeScript writes declarations file by file; rollup-plugin-dts keeps what an entry exports and what that needs. */
export async function buildTypes(): Promise<void> {
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
  execFileSync(process.execPath, compiler, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  for (const [name, { source }] of Object.entries(entries)) {
    const bundle = await rollup({
      input: `${scratch}/${source.replace(/\.ts$/, '.d.ts')}`,
      external: (id) => !id.startsWith('.') && !isAbsolute(id),
      plugins: [dts()],
      onwarn: ({ message }) => {
        throw new Error(`the types of ${name}: ${message}`);
      },
    });
    await bundle.write({ file: `${root}dist/${name}.d.ts` });
  }
  rmSync(scratch, { recursive: true });
}
