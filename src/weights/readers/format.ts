import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { WeightLayout } from '../tfjs-layout.ts';
import type { Hdf5File } from './keras/hdf5.ts';
import type { GraphModel } from './layers-model/graph-model.ts';
import type { Topology } from './layers-model/topology.ts';

/** A file as the host gives it. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /**
   * The bytes from `offset` on, fewer where the file ends. Valid until the next call. Throws if it cannot be read.
   * @param place `length` bytes that they may be put into; the result is then a view of these.
   */
  read(offset: number, length: number, place?: Uint8Array): Uint8Array;
}

/** Opens a file as HDF5. @throws Unreadable */
export type OpenHdf5 = (file: RandomAccess) => Hdf5File;

/** The beginning and the end of a file of weights. */
export interface FileEnds {
  /** The first 4096 bytes, or all that there are. */
  readonly head: Uint8Array;
  /** The first of these as characters of one byte each. */
  readonly text: string;
  /** The last 8 bytes. */
  readonly tail: Uint8Array;
  /** The file's name, for formats that cannot be told by their bytes. */
  readonly name: string;
}

/** A file that a checkpoint is opened from. */
export interface CheckpointSource {
  /** Display name. */
  readonly name: string;
  readonly file: RandomAccess;
  /** Opens a file in the same folder; throws if it cannot be read. Absent if there is no folder. */
  readonly openNear?: (path: string) => RandomAccess;
  /** The dictionary of tensors to read from a file that has several: `state_dict_ema`. */
  readonly key?: string;
  /** Absent where HDF5's library is not loaded. */
  readonly openHdf5?: OpenHdf5;
}

/** An HDF5 file that tensors are in. */
export interface StoredHdf5 {
  readonly file: RandomAccess;
  /** By tensor: its dataset, and how the axes are ordered there. */
  readonly datasets: ReadonlyMap<string, { readonly path: string; readonly layout: WeightLayout }>;
}

/** A checkpoint, or what is wrong with its file. */
export interface OpenedTensors {
  readonly checkpoint?: Checkpoint;
  readonly diagnostics: readonly Diagnostic[];
  /** The layers of the tensors' model, where the file states them. */
  readonly topology?: Topology;
  /** The nodes of the model, of a graph model. */
  readonly graph?: GraphModel;
  /** Numbers of these layers that are not weights, by name: `normalization.mean`. */
  readonly constants?: ReadonlyMap<string, Float32Array>;
  /** Where the tensors are stored, for a file of Keras. */
  readonly hdf5?: StoredHdf5;
  /** Frees what a checkpoint holds in addition to its files. */
  readonly close?: () => void;
}

/** A format that a file of weights can have: one that is read, or one that is only recognised. */
export interface CheckpointFormat {
  /** What such a file is, for messages: `a PyTorch checkpoint`. */
  readonly what: string;
  isOf(ends: FileEnds): boolean;
  /** The file that represents a folder of this format. */
  readonly folderFile?: string;
  /** Whether a file may have several dictionaries of tensors, of which `CheckpointSource.key` takes one. */
  readonly hasDictionaries?: boolean;
  /** Whether `open` needs `CheckpointSource.openHdf5`. */
  readonly needsHdf5?: boolean;
  /** What to do with a file that is not read: how to convert it. Absent if every file is read. */
  readonly advice?: string | ((ends: FileEnds) => string);
  /** Opens a file; absent for a format that is only recognised. Undefined if the source lacks what the format needs. */
  open?(source: CheckpointSource): OpenedTensors | undefined;
}
