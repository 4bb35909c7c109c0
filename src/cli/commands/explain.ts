import { codes } from '../../diagnostics/catalog.ts';
import { nearestNames } from '../../diagnostics/nearest.ts';
import { flag } from '../arguments.ts';
import type { RunCommand } from '../commands.ts';
import { isExit, usageError } from '../io.ts';
import { openSpec, type Spec } from '../spec.ts';

/** `enetc explain [code | spec]` */
export const explainCommand: RunCommand = async (args, io) => {
  const [operand] = args.operands;
  const code = codes.find((c) => c === operand?.replace(/^(error|warning|info)\[(.*)\]$/, '$2'));
  if (code) return (await import('./explain-code.ts')).explainCode(code, args, io);
  let spec: Spec;
  try {
    spec = await openSpec(operand, io, 'explain');
  } catch (e) {
    const [near] = operand === undefined || flag(args, 'model') ? [] : nearestNames(operand, codes);
    if (!isExit(e) || near === undefined) throw e;
    throw usageError(`'${operand}' is no diagnostic, no file and no model; did you mean '${near}'?`, 'explain');
  }
  return (await import('./explain-network.ts')).explainSpec(spec, args, io);
};
