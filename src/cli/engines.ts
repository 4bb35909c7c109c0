/** The entry of the bundle `dist/engines.cjs`: the commands of `engine-commands.ts`, and `enetc/train`. */
export { serveTrials } from '../study/serve-trials.ts';
export { trainWork } from '../study/train-work.ts';
export * from '../train/api.ts';
export { backendCommand } from './commands/backend.ts';
export { benchCommand } from './commands/bench.ts';
export { doctorCommand } from './commands/doctor.ts';
export { evalCommand } from './commands/eval.ts';
export { fitLatencyCommand } from './commands/fit-latency.ts';
export { predictCommand } from './commands/predict.ts';
export { scaleCommand } from './commands/scale.ts';
export { searchStudyCommand } from './commands/search-study.ts';
export { studyCommand } from './commands/study.ts';
export { trainCommand } from './commands/train.ts';
export { verifyCommand } from './commands/verify.ts';
export { workerCommand } from './commands/worker.ts';
export { quantisePrepared } from './quantisation/quantise-prepared.ts';
