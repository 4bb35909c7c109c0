import { findPackage } from '../../backends/find-package.ts';
import { InstallError } from '../../backends/install/install-error.ts';
import { installTensorflow, removeTensorflow } from '../../backends/install/install-tensorflow.ts';
import { linkFolder, readLink } from '../../backends/linked-tensorflow.ts';
import { findTensorflow } from '../../backends/tensorflow/find.ts';
import { renderTable } from '../../report/text-table.ts';
import { flag, text } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { Exit, exitCodes, failure, type Io, usageError } from '../io.ts';
import { printAnswer, printJson } from '../print-diagnostics.ts';
import { noteFinished, noteUnfinished } from '../unfinished-files.ts';

/** `enetc backend <install | list | remove> [tensorflow]` */
export const backendCommand: RunCommand = async (args, io) => {
  const [action, what] = args.operands;
  if (flag(args, 'python') && action !== 'install') throw usageError('--python is for install', 'backend');
  if (action === 'list') {
    if (what !== undefined) throw usageError(`unexpected '${what}'`, 'backend');
    return list(args, io);
  }
  if (action !== 'install' && action !== 'remove') {
    const given = action === undefined ? '' : `unknown action '${action}': `;
    throw usageError(`${given}install, list or remove?`, 'backend');
  }
  if (what !== 'tensorflow') {
    const given =
      what === undefined ? `${action} what?` : `'${what}' cannot be ${action}${action === 'install' ? 'ed' : 'd'}:`;
    const advice = "webgpu comes with 'npm install webgpu', cpu is built in";
    throw usageError(`${given} enetc ${action}s tensorflow; ${advice}`, 'backend');
  }
  return action === 'install' ? install(args, io) : remove(args, io);
};

async function install(args: Arguments, io: Io): Promise<number> {
  const python = text(args, 'python');
  const say = (line: string) => {
    if (!flag(args, 'quiet')) io.stderr.write(`${line}\n`);
  };
  try {
    const link = await installTensorflow({
      cwd: io.cwd,
      env: io.env,
      ...(python !== undefined && { python }),
      say,
      began: noteUnfinished,
      ended: noteFinished,
    });
    const { version, gpu } = link;
    if (flag(args, 'json')) printJson({ ...link, folder: linkFolder(io.env) }, io);
    else if (!flag(args, 'quiet')) {
      io.stdout.write(
        `linked TensorFlow ${version}; --backend ${gpu ? 'cuda' : 'tensorflow'} and auto use it from now on\n`,
      );
    }
    return exitCodes.ok;
  } catch (e) {
    // the end of what a tool printed, over several lines
    if (e instanceof InstallError) throw new Exit(exitCodes.diagnostics, e.message);
    throw e;
  }
}

function remove(args: Arguments, io: Io): number {
  const link = readLink(io.env);
  if (!link) throw failure('no TensorFlow is linked');
  removeTensorflow(io.env);
  if (flag(args, 'json')) printJson({ removed: link, folder: linkFolder(io.env) }, io);
  else if (!flag(args, 'quiet')) {
    io.stdout.write(`TensorFlow ${link.version} is no longer linked; the Python package is not changed\n`);
  }
  return exitCodes.ok;
}

/** What is installed, without trying it: that is what `enetc doctor` does. */
function list(args: Arguments, io: Io): number {
  const linked = readLink(io.env);
  const packages = findTensorflow({ cwd: io.cwd, env: io.env });
  const webgpu = findPackage('webgpu', io.cwd);
  const rows = [
    ...packages.map(({ label, entry, linked: own }) => [
      'tensorflow, cuda',
      own && linked ? `${label}, ${linked.version} of ${linked.python}` : `${label}, ${entry}`,
    ]),
    ...(webgpu === undefined ? [] : [['webgpu', `webgpu, ${webgpu}`]]),
    ['cpu', 'built in'],
  ];
  const answer = { linked: linked ?? null, tensorflow: packages, webgpu: webgpu ?? null };
  const columns = [{ title: 'backend' }, { title: 'from' }];
  printAnswer(args, io, answer, (paint) => renderTable(columns, rows, { paint }));
  return exitCodes.ok;
}
