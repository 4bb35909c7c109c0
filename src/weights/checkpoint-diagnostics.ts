import type { TensorSpec } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { AdaptedKernel } from './input-channels.ts';
import type { CheckpointMatch, Misshapen } from './match-checkpoint.ts';

/** How many tensors of one kind are named; the rest are counted. */
const named = 10;
/** The number of names among which the nearest is sought. */
const searched = 5000;

/**
 * Reports what does not fit between a model and a checkpoint.
 * @param adapted kernels that are adapted to the input's channels. @param allowMissing see `CheckpointOptions`; tensors that it names are initialised, not adapted.
 * @returns also the tensors that are initialised instead.
 */
export function checkpointDiagnostics(
  file: string,
  tensors: readonly TensorSpec[],
  match: CheckpointMatch,
  adapted: readonly AdaptedKernel[],
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
  const kernels = new Map(adapted.map((kernel) => [kernel.tensor, kernel]));
  const misshapen = unless(match.misshapen).filter(({ tensor }) => !kernels.has(tensor.name));

  // If the number of stages differs, each tensor after the first difference is paired with an unrelated one: report only the
  // cause.
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
  for (const { tensor, found, channels } of adapted) {
    if (allowed.has(tensor)) continue;
    diagnostics.push(
      createDiagnostic('weight-input-channels', undefined, { file, tensor, from: found[1] as number, channels }),
    );
  }
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
  };
}

/** How many classes a checkpoint's last layer is for, if only its units differ from the model's. */
function classesIn({ shape, role }: TensorSpec, found: readonly number[] | undefined): number | undefined {
  const unitsAlone = role === 'weight' && shape.length === 2 && found?.length === 2 && found[1] === shape[1];
  return unitsAlone ? found[0] : undefined;
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

/** `classifier.*`: a star matches any text, including dots and none. */
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
