/** The entry of the bundle `dist/engines.cjs`: the commands of `engine-commands.ts`, and `enetc/train`. */
export * from '../train/api.ts';
export { backendCommand } from './commands/backend.ts';
export { benchCommand } from './commands/bench.ts';
export { doctorCommand } from './commands/doctor.ts';
export { evalCommand } from './commands/eval.ts';
export { predictCommand } from './commands/predict.ts';
export { trainCommand } from './commands/train.ts';
export { verifyCommand } from './commands/verify.ts';
