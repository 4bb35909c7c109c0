import type { Hdf5Writer } from '../weights/write-keras.ts';
import type { RandomFile } from './atomic-file.ts';

/** Begins an HDF5 file. The library for HDF5 is a bundle of its own, loaded here. */
export async function newHdf5(file: RandomFile): Promise<Hdf5Writer> {
  return (await import('./hdf5-engine.ts')).createHdf5(file);
}
