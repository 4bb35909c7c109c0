import type { PreviewData } from '../../editors/vscode/src/preview/preview-data.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { createDiagram } from '../../src/report/drawing/diagram.ts';
import { stagesOf } from '../../src/report/stages.ts';
import { summarize } from '../../src/report/summary.ts';
import { stdlib } from '../../src/stdlib.generated.ts';

/** What the preview shows of a library model, made here without a server. */
export function previewSample(module: string, request: CompileOptions): PreviewData {
  const source = { name: `${module}.enet`, text: stdlib[module]! };
  const at = (options: CompileOptions) => {
    const { graph, point } = compile(source, options);
    const summary = summarize(graph!, point);
    return { graph: graph!, summary, diagram: createDiagram(graph!, point) };
  };
  const { graph, summary, diagram } = at(request);
  const measure = (options: CompileOptions) => {
    const { totals, inputs } = at(options).summary;
    return { params: totals.params, macs: totals.macs, resolution: inputs[0]!.shape[1]! };
  };
  const rows = ['b0', 'b3', 'b5'];
  return {
    models: [diagram.title.split(' ')[0]!],
    model: diagram.title.split(' ')[0]!,
    point: diagram.facts[0]!,
    phi: request.phi ?? 0,
    hasPhi: true,
    phiRange: [-1, 7],
    totals: measure(request),
    stages: diagram.stages.map((stage, i) => ({
      ...stage,
      input: stagesOf(graph)[i] ? summary.stages[i]!.input : [],
      output: summary.stages[i]!.output,
      place: { uri: 'file:///a.enet', range: { start: { line: i, character: 0 }, end: { line: i, character: 9 } } },
    })),
    edges: diagram.edges,
    taps: diagram.taps,
    variants: rows.map((name) => ({
      name,
      phi: Number(name.slice(1)),
      ...measure({ variant: name }),
      current: name === request.variant,
    })),
    curve: [-1, 0, 1, 2, 3, 4, 5, 6, 7].map((phi) => ({ phi, ...measure({ phi, rule: 'formula' }) })),
  };
}
