/** The library. Everything here runs in a browser too; `enetc/node` adds the host over Node's file system. */

export type { FileNode } from './1-parse/ast.ts';
export { format } from './1-parse/format.ts';
export { type ParseResult, parse } from './1-parse/parse.ts';
export { chooseModel, entryModels } from './2-resolve/choose-model.ts';
export type { DeclaredModel, Module, Program } from './2-resolve/program.ts';
export { resolveProgram } from './2-resolve/resolve.ts';
export { roundFilters, roundTo, scaleRepeats } from './2-resolve/rounding.ts';
export { checkProgram } from './3-check/check.ts';
export { variantNames } from './3-check/variants.ts';
export type { ConventionPoint, Factor, Origin, ParamValue, ScalingPoint, ScalingRequest } from './4-scale/scaling.ts';
export type { Trace } from './4-scale/trace.ts';
export { type BuildResult, buildGraph } from './5-graph/build.ts';
export { type Cost, nodeCost, totalCost } from './5-graph/cost.ts';
export {
  type Graph,
  type GraphNode,
  type GraphOutput,
  graphTensors,
  type Normalisation,
  type StagePosition,
  shapeOf,
  type TensorSpec,
  typeOf,
  type ValueRef,
} from './5-graph/graph.ts';
export { foldBatchNorm, removeTrainingOps } from './5-graph/passes/for-inference.ts';
export { halfPrecision } from './5-graph/passes/half-precision.ts';
export type { TrainingOptions } from './5-graph/training/options.ts';
export type { ElementType, FloatType, QuantisedType, ValueType } from './5-graph/value-type.ts';
export { type EmitOptions, emit, type PassOptions } from './6-emit/emit.ts';
export type { OnnxOptions } from './6-emit/onnx/options.ts';
export { onnxTarget } from './6-emit/onnx/target.ts';
export type { EmitRequest, EmitResult, Metadata, OpenSink, Sink, Target } from './6-emit/target.ts';
export type { TargetEntry, TargetOption } from './6-emit/target-entry.ts';
export { targets } from './6-emit/targets.ts';
export { registerLayers } from './6-emit/tfjs/custom-layers/register.ts';
export { graphModelTarget } from './6-emit/tfjs/graph-model/target.ts';
export { weightsFromTfjs } from './6-emit/tfjs/layers/model-weights.ts';
export { layersTarget } from './6-emit/tfjs/layers/target.ts';
export { trainingTarget } from './6-emit/tfjs/saved-model/training-target.ts';
export type { Tfjs } from './6-emit/tfjs/tfjs.ts';
export { type CompiledNetwork, compile, type TfjsOptions } from './api.ts';
export { checkSource } from './check-source.ts';
export type { Compilation, CompileOptions } from './compile.ts';
export { type Code, catalog, codes } from './diagnostics/catalog.ts';
export type { Diagnostic, Fix, Related, Severity, TextEdit } from './diagnostics/diagnostic.ts';
export { hasErrors } from './diagnostics/diagnostic.ts';
export { renderDiagnostics } from './diagnostics/render.ts';
export { emptyHost, type Host } from './host.ts';
export { type LibraryModel, libraryModels } from './library.ts';
export type { ActivationName } from './ops/activations.ts';
export type { Op, OpKind, OpOf } from './ops/ops.ts';
export { elements, type Shape } from './ops/shape.ts';
export type { Pads, Window } from './ops/window.ts';
export { type AdditiveSearcher, createAdditiveSearch } from './search/algorithms/additive.ts';
export { type ControllerOptions, createController } from './search/algorithms/controller.ts';
export { bestWithin, type Optimum, type Table } from './search/algorithms/cost-table.ts';
export { createEvolution, type EvolutionOptions } from './search/algorithms/evolution.ts';
export { createNsga2, hypervolume, type Nsga2Options, paretoFront } from './search/algorithms/nsga2.ts';
export { createRandomSearch } from './search/algorithms/random.ts';
export { absReward, hardReward, mnasReward, softReward } from './search/algorithms/rewards.ts';
export { type Parts, runSearch, type Scored, type Searcher, type Selection } from './search/algorithms/searcher.ts';
export { partsOfSpace, type SpaceParts } from './search/algorithms/space-parts.ts';
export {
  type Budgets,
  type Costs,
  costsOf,
  type MeasuredCosts,
  type SpaceBudgets,
  type SpaceCosts,
} from './search/costs.ts';
export { type Fit, type FitOptions, type FitResult, type FittedPoint, fitFamily } from './search/fit/fit.ts';
export { type LineName, lineNames } from './search/fit/line-names.ts';
export { calibrateTable, type MeasuredNetwork } from './search/latency/calibrate.ts';
export { type LatencyParts, latencyParts } from './search/latency/latency-parts.ts';
export {
  type LatencyTable,
  latencyOf,
  parseLatencyTable,
  pieceKey,
  type TableError,
  type TablePiece,
} from './search/latency/latency-table.ts';
export { type Counted, type Counter, createCounter } from './search/space/counter.ts';
export { type DiscoveredSpace, discoverSpace } from './search/space/discover.ts';
export { type Candidate, type Drawn, drawCandidates } from './search/space/draw.ts';
export { type Settled, settleChoices } from './search/space/settle.ts';
export {
  type Condition,
  type Decision,
  type Encoding,
  type Space,
  settingsOf,
  spaceSize,
} from './search/space/space.ts';
export { decodeSource, type Position, positionAt, type Source, type Span } from './source.ts';
export { stdlib } from './stdlib.generated.ts';
export type { Checkpoint, CheckpointTensor } from './weights/checkpoint.ts';
export type { CheckpointOptions } from './weights/checkpoint-weights.ts';
export { type ChosenWeights, chooseWeights, type WeightsRequest } from './weights/choose-weights.ts';
export { seededWeights } from './weights/initialise.ts';
export type { RandomAccess } from './weights/readers/format.ts';
export { openLayersFolder } from './weights/readers/layers-model/open-folder.ts';
export { openSafetensors } from './weights/readers/readers.ts';
export type { WeightSource } from './weights/weight-source.ts';
export { writeSafetensors } from './weights/write-safetensors.ts';
