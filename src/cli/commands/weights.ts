import type { RunCommand } from '../command.ts';
import { usageError } from '../io.ts';
import type { WeightsAction } from './weights/action.ts';
import { convertAction } from './weights/convert.ts';
import { diffAction } from './weights/diff.ts';
import { initAction } from './weights/init.ts';
import { inspectAction } from './weights/inspect.ts';
import { verifyAction } from './weights/verify.ts';

const actions: readonly WeightsAction[] = [inspectAction, convertAction, verifyAction, diffAction, initAction];

/** `enetc weights <inspect | convert | verify | diff | init>` */
export const weightsCommand: RunCommand = async (args, io) => {
  const [name, ...operands] = args.operands;
  const action = actions.find((a) => a.name === name);
  if (!action) {
    const names = actions
      .map((a) => a.name)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
    const given = name === undefined ? '' : `unknown action '${name}': `;
    throw usageError(`${given}${names}? 'enetc weights convert FILE [spec] -o FILE' writes weights`, 'weights');
  }
  if (operands.length < action.least) {
    throw usageError(`weights ${action.name} takes ${action.operands}`, 'weights');
  }
  if (operands.length > action.most) throw usageError(`unexpected '${operands[action.most]}'`, 'weights');
  const always = ['json', 'color', 'no-color'];
  const other = [...args.values.keys()].find((option) => ![...always, ...action.options].includes(option));
  if (other !== undefined) throw usageError(`--${other} is not for 'weights ${action.name}'`, 'weights');
  return action.run({ ...args, operands }, io);
};
