/** An open HDF5 file. Any damage in it is reported as `Unreadable`. */
export interface Hdf5File {
  /** What a group contains, by name. Links that lead to nothing or to another file are left out. */
  members(path: string): readonly Hdf5Member[];
  /** An attribute that is a text; undefined if there is none. */
  text(path: string, attribute: string): string | undefined;
  dataset(path: string): Hdf5Dataset;
  /** Reads a dataset of a floating-point type. @param out as long as it */
  read(path: string, out: Float32Array): void;
  close(): void;
}

export interface Hdf5Member {
  readonly name: string;
  readonly kind: 'group' | 'dataset';
}

export interface Hdf5Dataset {
  /** With safetensors' names where there is one: `F32`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}
