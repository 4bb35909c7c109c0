import { builtinOps } from '../../../2-resolve/builtins.ts';
import { type Signature, type SignatureParam, signatureOf } from '../../../3-check/signature.ts';
import { catalog } from '../../../diagnostics/catalog.ts';
import type { Analysis } from '../../core/analysis.ts';
import type { EditorDiagnostic } from '../diagnostics.ts';

/** The parameter that a diagnostic reports as missing. */
export function missingParameter({ module }: Analysis, d: EditorDiagnostic): SignatureParam | undefined {
  const callees = [...module.scope.values(), ...builtinOps.values()];
  for (const callee of callees) {
    const signature = signatureOf(callee);
    const param = signature.params.find((p) => p.required && messageFor(d, signature, p) === d.message);
    if (param) return param;
  }
  return undefined;
}

function messageFor({ code }: EditorDiagnostic, { name: block }: Signature, { name }: SignatureParam): string {
  if (code === 'missing-argument') return catalog[code].message({ callee: block, name });
  if (code === 'missing-column' || code === 'missing-cell') return catalog[code].message({ block, name });
  return '';
}

/** Numbers to start from, by the parameter's name. */
const usual: Readonly<Record<string, string>> = { channels: '16', width: '16', units: '10', kernel: '3', rate: '0.2' };

/** An initial value, which the author will change; undefined if none can be guessed. */
export function valueFor({ name, type }: SignatureParam): string | undefined {
  if (type === 'padding') return 'same';
  if (type === 'number' || type === 'size') return Object.hasOwn(usual, name) ? usual[name] : '1';
  if (type === 'bool') return 'true';
  return type === 'activation' ? 'relu' : undefined;
}
