/** What the test runs of a copy of the sources that has one op more. */

export { builtinOps } from '../../../src/2-resolve/builtins.ts';
export { totalCost } from '../../../src/5-graph/cost.ts';
export { compile } from '../../../src/compile.ts';
export { describeOp } from '../../../src/ide/docs/describe.ts';
export { seededWeights } from '../../../src/weights/initialise.ts';
export { doubleVariables, referenceOutputs } from '../../training/reference/run-function.ts';
export { gradientsOf, inputsOf, programOf, startOf } from '../../training/small-training.ts';
