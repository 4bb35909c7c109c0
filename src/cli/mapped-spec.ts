import { basename } from 'node:path';
import { resolveProgram } from '../2-resolve/resolve.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import type { SpecFile } from '../node/open-spec.ts';
import { text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { failure, type Io, usageError } from './io.ts';
import { openFile, openSpec } from './spec.ts';

/**
 * Opens the spec that an operand means: see `openSpec`. With `--map FILE` that is `FILE`, which imports the operand's model and has
 * a weight map of it: building such a file builds the model, and its columns come before the model's own.
 */
export async function openMapped(operand: string | undefined, args: Arguments, io: Io): Promise<SpecFile> {
  const path = text(args, 'map');
  // without a spec the map tells the model: the file builds what it imports
  if (operand === undefined && path !== undefined) return openFile(path, io);
  const spec = await openSpec(operand, io, args.command.name);
  if (path === undefined) return spec;
  if (operand === '-') throw usageError('--map takes a spec from a file or the library', args.command.name);
  const map = openFile(path, io);
  const model = text(args, 'model') ?? spec.model;
  const common = { ...map, ...(spec.label !== undefined && { label: spec.label }) };
  const { program, diagnostics } = resolveProgram(map.source, map.host);
  // building it reports what is wrong
  if (hasErrors(diagnostics)) return { ...common, ...(model !== undefined && { model }) };
  const isLibrary = spec.model !== undefined;
  const home = isLibrary ? spec.source.name : spec.host.resolvePath('', spec.source.name);
  const mapped = new Set(
    program.entry.ast.declarations.flatMap(({ kind, name: { name } }) => {
      const declared = kind === 'weights' ? program.entry.scope.get(name) : undefined;
      return declared?.module.path === home && (model ?? name) === name ? [name] : [];
    }),
  );
  const [found] = mapped;
  if (found !== undefined && mapped.size === 1) return { ...common, model: found };
  if (found !== undefined)
    throw usageError(
      `'${path}' has weight maps of ${[...mapped].join(' and ')}: choose with --model`,
      args.command.name,
    );
  const name = model ?? 'NAME';
  const from = isLibrary ? spec.source.name : `./${basename(spec.source.name)}`;
  throw failure(
    `'${path}' has no weight map of ${model ?? `a model of '${spec.source.name}'`}: it takes import { ${name} } from "${from}" and weights ${name} { ... }`,
  );
}
