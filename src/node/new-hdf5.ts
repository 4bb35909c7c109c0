import type { RandomAccess } from '../weights/readers/format.ts';
import type { Hdf5Filler, Hdf5Writer } from '../weights/write-keras.ts';
import type { RandomFile } from './atomic-file.ts';

/** Begins an HDF5 file. The library for HDF5 is a separate bundle, loaded here. */
export async function newHdf5(file: RandomFile): Promise<Hdf5Writer> {
  return (await import('./hdf5-engine.ts')).createHdf5(file);
}

/** Begins a copy of an HDF5 file. */
export async function copiedHdf5(from: RandomAccess, file: RandomFile): Promise<Hdf5Filler> {
  return (await import('./hdf5-engine.ts')).copyHdf5(from, file);
}
