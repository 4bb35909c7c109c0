import { type BackendName, type BackendReport, BackendUnavailable, backendNames, type OpenOptions } from './backend.ts';
import { checkGradient } from './check-gradient.ts';
import { firstLine } from './first-line.ts';
import { openBackend } from './open.ts';
import { driverAdvice } from './webgpu/vulkan.ts';

/** Tries every backend, best first, with a small computation. */
export async function probeBackends(options: OpenOptions): Promise<BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const name of backendNames) {
    // A process loads TensorFlow once: what runs on the GPU would not open a second time for the CPU.
    const cuda = name === 'tensorflow' ? reports.find((r) => r.name === 'cuda' && r.works) : undefined;
    reports.push(
      cuda ? { name, works: true, slow: false, detail: 'the same TensorFlow on the CPU' } : await probe(name, options),
    );
  }
  return reports;
}

async function probe(name: BackendName, options: OpenOptions): Promise<BackendReport> {
  try {
    const backend = await openBackend(name, options);
    try {
      await checkGradient(backend.tf);
    } finally {
      backend.close();
    }
    const advice = name === 'webgpu' && backend.slow ? `for a GPU, ${driverAdvice}` : undefined;
    return {
      name,
      works: true,
      slow: backend.slow,
      detail: backend.description,
      ...(advice !== undefined && { advice }),
    };
  } catch (e) {
    const advice = e instanceof BackendUnavailable ? e.advice : undefined;
    return { name, works: false, slow: false, detail: firstLine(e), ...(advice !== undefined && { advice }) };
  }
}
