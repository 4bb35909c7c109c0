import type { TensorSpec } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { CheckpointMatch, Misshapen } from './match-checkpoint.ts';

/** How many tensors of one kind are named; the rest is a number. */
const named = 10;
/** Among how many names the nearest is sought. */
const searched = 5000;

/**
 * Says what does not fit between a model and a checkpoint.
 * @param allowMissing see `CheckpointOptions`.
 * @returns also the tensors that are initialised instead.
 */
export function checkpointDiagnostics(
  file: string,
  tensors: readonly TensorSpec[],
  match: CheckpointMatch,
  allowMissing: readonly string[],
): { initialised: ReadonlySet<string>; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = match.badRows.map((row) =>
    createDiagnostic('weight-map-pattern', row.span, { path: row.path, pattern: row.pattern }),
  );
  const allowed = new Set<string>();
  for (const pattern of allowMissing) {
    const fits = globMatcher(pattern);
    const matched = tensors.filter(({ name }) => fits(name));
    for (const { name } of matched) allowed.add(name);
    if (matched.length === 0) diagnostics.push(createDiagnostic('allow-missing-unmatched', undefined, { pattern }));
  }
  const unless = <T extends { tensor: TensorSpec }>(list: readonly T[]) =>
    list.filter(({ tensor }) => !allowed.has(tensor.name));
  const missing = unless(match.missing);
  const misshapen = unless(match.misshapen);

  // Where stages differ in number, each tensor after the first difference is paired with a stranger: say the cause alone.
  const failing = new Set([...missing, ...misshapen].map(({ tensor }) => tensor.name));
  if (match.uneven.some(({ tensors: owned }) => owned.some((name) => failing.has(name)))) {
    for (const { span, tensors: _, ...args } of match.uneven) {
      diagnostics.push(createDiagnostic('weight-uneven', span, { file, ...args }));
    }
    return { initialised: new Set(), diagnostics };
  }

  const surplus = match.surplus.slice(0, searched);
  const sought = missing.flatMap(({ wanted }) => wanted).slice(0, searched);
  listSome(diagnostics, 'missing', missing, ({ tensor, wanted }) =>
    wanted.length === 0
      ? createDiagnostic('weight-unmapped', undefined, { file, tensor: tensor.name })
      : createDiagnostic('weight-missing', undefined, {
          file,
          tensor: tensor.name,
          name: wanted.join(', '),
          hint: didYouMean(wanted[0] as string, surplus),
        }),
  );
  listSome(diagnostics, 'misshapen', misshapen, (m) => createDiagnostic('weight-shape', undefined, shapeArgs(file, m)));
  listSome(diagnostics, 'not floating-point', unless(match.unreadable), ({ tensor, name, dtype }) =>
    createDiagnostic('weight-dtype', undefined, { file, tensor: tensor.name, name, dtype }),
  );
  listSome(diagnostics, 'surplus', match.surplus, (name) =>
    createDiagnostic('weight-surplus', undefined, { file, name, hint: didYouMean(name, sought) }),
  );

  const initialised = new Set(
    [...match.missing, ...match.misshapen, ...match.unreadable].map((m) => m.tensor.name).filter((n) => allowed.has(n)),
  );
  if (initialised.size > 0) {
    const names = [...initialised].slice(0, named).join(', ') + (initialised.size > named ? ', ...' : '');
    diagnostics.push(createDiagnostic('weight-initialised', undefined, { names }));
  }
  return { initialised, diagnostics };
}

function shapeArgs(file: string, { tensor, names, found }: Misshapen) {
  return {
    file,
    tensor: tensor.name,
    shape: `[${tensor.shape.join(', ')}]`,
    name: names.join(', '),
    found: found ? `[${found.join(', ')}]` : undefined,
    classes: classesIn(tensor, found),
    channels: channelsIn(tensor, found),
  };
}

/** How many classes a checkpoint's last layer is for, where a layer's units alone are others than the model's. */
function classesIn({ shape, role }: TensorSpec, found: readonly number[] | undefined): number | undefined {
  const unitsAlone = role === 'weight' && shape.length === 2 && found?.length === 2 && found[1] === shape[1];
  return unitsAlone ? found[0] : undefined;
}

/** How many channels a checkpoint's convolution takes, where it differs in that alone: mostly the first one. */
function channelsIn({ shape, role }: TensorSpec, found: readonly number[] | undefined): number | undefined {
  if (role !== 'weight' || shape.length !== 4 || found?.length !== 4) return undefined;
  return shape.every((n, axis) => axis === 1 || n === found[axis]) ? found[1] : undefined;
}

function listSome<T>(
  diagnostics: Diagnostic[],
  what: string,
  all: readonly T[],
  create: (item: T) => Diagnostic,
): void {
  diagnostics.push(...all.slice(0, named).map(create));
  if (all.length > named) {
    diagnostics.push(createDiagnostic('weight-more', undefined, { count: all.length - named, what }));
  }
}

/** `classifier.*`: a star stands for any text, dots and nothing included. */
function globMatcher(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  };
}
