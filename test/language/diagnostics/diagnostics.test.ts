import { describe, expect, test } from 'vitest';
import { checkSource } from '../../../src/check-source.ts';
import { compile } from '../../../src/compile.ts';
import { applyFixes } from '../../../src/diagnostics/apply-fixes.ts';
import { buildDiagnostics } from '../../../src/diagnostics/catalog/build.ts';
import { checkDiagnostics } from '../../../src/diagnostics/catalog/check.ts';
import { resolveDiagnostics } from '../../../src/diagnostics/catalog/resolve.ts';
import { scaleDiagnostics } from '../../../src/diagnostics/catalog/scale.ts';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../../src/diagnostics/render.ts';
import type { Host } from '../../../src/host.ts';
import { memoryHost } from '../build.ts';
import { type Fixture, type FixtureCode, fixtures } from './fixtures.ts';

const owned = [resolveDiagnostics, checkDiagnostics, scaleDiagnostics, buildDiagnostics].flatMap((part) =>
  Object.keys(part),
);
const codes = Object.keys(fixtures) as FixtureCode[];

function hostOf(files: Fixture['files'] = {}): Host {
  const host = memoryHost(Object.fromEntries(Object.entries(files).map(([name, text]) => [`/specs/${name}`, text])));
  const readFile = (path: string) => {
    const bytes = host.readFile(path);
    if (bytes && new TextDecoder().decode(bytes) === 'UNREADABLE') throw new Error('it is a folder');
    return bytes;
  };
  return { ...host, readFile };
}

function run(fixture: Fixture, text = fixture.text): readonly Diagnostic[] {
  const source = { name: 'spec.enet', text };
  const host = hostOf(fixture.files);
  if (fixture.check) return checkSource(source, host).diagnostics;
  return compile(source, fixture.options, host).diagnostics;
}

test('every code of the phases from resolving to building has a fixture', () => {
  expect([...codes].sort()).toEqual([...owned].sort());
});

const rendered: string[] = [];

describe.each(codes)('%s', (code) => {
  const fixture = fixtures[code];
  const diagnostics = run(fixture);
  const found = diagnostics.filter((d) => d.code === code);

  test('is said, once for one mistake', () => {
    expect(diagnostics.map((d) => d.code)).toContain(code);
    if (!fixture.many) expect(diagnostics.map((d) => d.code)).toEqual([code]);
    // where a bound is reached depends on how work is counted, which is nobody's business
    const text = fixture.bound
      ? `${found[0]?.severity}: ${found[0]?.message.replace(/\d+/g, 'N')}\n`
      : renderDiagnostics(found.slice(0, 1), { color: false, width: 100 });
    rendered.push(`# ${code}\n\n${text}`);
  });

  test('points into its text', () => {
    for (const { span, related = [], fixes = [] } of diagnostics) {
      const spans = [span, ...related.map((r) => r.span), ...fixes.flatMap((f) => f.edits.map((e) => e.span))];
      for (const s of spans) {
        if (!s) continue;
        expect(s.start).toBeGreaterThanOrEqual(0);
        expect(s.end).toBeGreaterThanOrEqual(s.start);
        expect(s.end).toBeLessThanOrEqual(s.source.text.length);
      }
    }
  });

  const fixes = found.slice(0, 1).flatMap((d) => d.fixes ?? []);
  test.each(fixes.map((fix) => [fix.title, fix] as const))('is corrected by its fix: %s', (_title, fix) => {
    const source = { name: 'spec.enet', text: fixture.text };
    const { text } = applyFixes(source, [{ ...fix, safe: true }]);
    expect(text).not.toBe(fixture.text);
    expect(run(fixture, text).map((d) => d.code)).not.toContain(code);
  });
});

test('what a user sees of each', async () => {
  await expect(rendered.join('\n')).toMatchFileSnapshot('messages.txt');
});
