import { expect, test } from 'vitest';
import { createDiagnostic, replaceFix } from '../../src/diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../src/diagnostics/json.ts';

test('a diagnostic as JSON has all its fields, and nothing of the source', () => {
  const source = { name: 'spec.enet', text: 'model M {\n  x: Y;\n}\n' };
  const span = { source, start: 16, end: 17 };
  const d = createDiagnostic(
    'semicolon',
    span,
    {},
    {
      related: [{ span: { source, start: 12, end: 13 }, message: 'here' }],
      fixes: [replaceFix("Remove ';'", span, '', true)],
    },
  );
  expect(JSON.parse(JSON.stringify(diagnosticToJson(d)))).toMatchInlineSnapshot(`
    {
      "code": "semicolon",
      "fixes": [
        {
          "edits": [
            {
              "newText": "",
              "span": {
                "end": {
                  "column": 8,
                  "line": 2,
                  "offset": 17,
                },
                "file": "spec.enet",
                "start": {
                  "column": 7,
                  "line": 2,
                  "offset": 16,
                },
              },
            },
          ],
          "safe": true,
          "title": "Remove ';'",
        },
      ],
      "message": "a statement ends without ';'",
      "related": [
        {
          "message": "here",
          "span": {
            "end": {
              "column": 4,
              "line": 2,
              "offset": 13,
            },
            "file": "spec.enet",
            "start": {
              "column": 3,
              "line": 2,
              "offset": 12,
            },
          },
        },
      ],
      "severity": "error",
      "span": {
        "end": {
          "column": 8,
          "line": 2,
          "offset": 17,
        },
        "file": "spec.enet",
        "start": {
          "column": 7,
          "line": 2,
          "offset": 16,
        },
      },
    }
  `);
});

test('what no file holds has no span', () => {
  const json = diagnosticToJson({ code: 'syntax', severity: 'warning', message: 'm' });
  expect(json).toEqual({ code: 'syntax', severity: 'warning', message: 'm', span: null, related: [], fixes: [] });
});

test('whether a fix is safe is said as it is', () => {
  const span = { source: { name: 'x', text: 'abc' }, start: 0, end: 1 };
  const fixes = [replaceFix('one', span, '', true), replaceFix('other', span, 'b', false)];
  const { fixes: said } = diagnosticToJson(createDiagnostic('semicolon', span, {}, { fixes }));
  expect(said.map(({ title, safe }) => [title, safe])).toEqual([
    ['one', true],
    ['other', false],
  ]);
});
