import type { Graph, Normalisation } from '../../5-graph/graph.ts';
import type { TrainingProgram } from '../../5-graph/training/options.ts';
import type { CreateRunner } from '../../backends/runner.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { Loader } from '../data/types.ts';
import type { Report } from '../events.ts';
import type { BestEvaluation } from '../report/best-evaluation.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { RunFolder } from '../run/run-folder.ts';
import type { Best } from '../run/state.ts';

/** A network as it is trained, at one image size. */
export interface TrainedNetwork {
  readonly graph: Graph;
  readonly training: TrainingProgram;
}

/** What changes in a network from epoch to epoch, apart from its variables' values. */
export interface NetworkStage {
  /** The size of its images, where they grow over the run; undefined for the network's own. */
  readonly size: number | undefined;
  /** Whether batch norms use their running statistics without updating them. */
  readonly keepStatistics: boolean;
}

/** Everything that a training run needs. The caller opens it, holds the folder's lock, and closes what it opened. */
export interface TrainingTask {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  /** See `configHashes`. */
  readonly hashes: readonly [string, ...string[]];
  readonly createRunner: CreateRunner;
  /** The network as it trains in a stage. */
  network(stage: NetworkStage): TrainedNetwork;
  /** The weights that a new run starts from. */
  start(graph: Graph): WeightSource | Promise<WeightSource>;
  readonly loaders: { readonly train: Loader; readonly validation?: Loader };
  /** How the loaders' images were normalised. */
  readonly normalisation: Normalisation;
  /** Display name of an image of the validation split. */
  nameOf(index: number): string;
  readonly report: Report;
  /** Checked after each step: whether to leave a checkpoint and end. */
  stopped(): boolean;
}

export interface TrainingOutcome {
  /** Whether all epochs are done, or the run was stopped and left a checkpoint. */
  readonly finished: boolean;
  readonly step: number;
  readonly best?: Best;
  /** The confusions of the best weights, where the folder still has them. */
  readonly bestEvaluation?: BestEvaluation;
}
