import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findPackage } from './find-package.ts';
import { firstLine } from './first-line.ts';
import { requireOnnxRuntime } from './onnx-runtime.ts';

/** A package that some commands use, and whether it works here. */
export interface PackageReport {
  readonly name: string;
  /** What enetc uses it for. */
  readonly purpose: string;
  readonly works: boolean;
  /** Its version, or why it does not work. One line. */
  readonly detail: string;
  readonly advice?: string;
}

const purposes = {
  sharp: 'reads images to train on',
  'onnxruntime-node': 'runs ONNX files to verify them',
};

/** Loads the native packages that are not backends. */
export function checkPackages(cwd: string): PackageReport[] {
  return Object.entries(purposes).map(([name, purpose]) => {
    const entry = findPackage(name, cwd);
    if (entry === undefined) {
      return { name, purpose, works: false, detail: 'not installed', advice: `npm install ${name}` };
    }
    try {
      if (name === 'onnxruntime-node') requireOnnxRuntime(entry);
      else createRequire(entry)(entry);
      return { name, purpose, works: true, detail: versionOf(name, entry) };
    } catch (e) {
      const detail = `does not load: ${firstLine(e)}`;
      return { name, purpose, works: false, detail, advice: `npm install ${name}` };
    }
  });
}

/** The version in the nearest package.json above the entry file that has the package's name. */
function versionOf(name: string, entry: string): string {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (found.name === name) return found.version ?? 'of unknown version';
    } catch {
      // No package.json in this folder.
    }
  }
  return 'of unknown version';
}
