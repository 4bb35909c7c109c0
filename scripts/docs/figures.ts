import type { ScalingPoint } from '../../src/4-scale/scaling.ts';
import { buildGraph } from '../../src/5-graph/build.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { declaredModel } from '../../src/cli/library-names.ts';
import { libraryModels } from '../../src/library.ts';
import { defaultDevice } from '../../src/pipeline/device.ts';
import { drawSchedule } from '../../src/pipeline/draw-schedule.ts';
import { defaultBatch, planPipeline } from '../../src/pipeline/plan.ts';
import { createDiagram } from '../../src/report/drawing/diagram.ts';
import { drawSvg } from '../../src/report/drawing/svg.ts';

/** The figures that pages show as the output of a command, by file name. */
export function renderFigures(): ReadonlyMap<string, string> {
  return new Map([
    // enetc graph efficientnet --variant b0
    ['efficientnet-b0.svg', drawingOf(efficientnet('b0'))],
    // enetc pipeline efficientnet --variant b7 --stages 8 --memory 8GB
    ['pipeline-b7.svg', scheduleOf(efficientnet('b7'))],
  ]);
}

function scheduleOf({ graph, point }: Built): string {
  const title = `${graph.name} ${point.variant}`;
  const plan = planPipeline(graph, { stages: 8, batch: defaultBatch, memory: 8e9, device: defaultDevice, title });
  if ('problem' in plan) throw new Error(`no plan: ${plan.problem}`);
  return drawSchedule(plan);
}

function drawingOf({ graph, point }: Built): string {
  return drawSvg(createDiagram(graph, point));
}

interface Built {
  readonly graph: Graph;
  readonly point: ScalingPoint;
}

function efficientnet(variant: string): Built {
  const model = libraryModels.find(({ name }) => name === 'efficientnet');
  const declared = model && declaredModel(model).declared;
  const { graph, point } = declared ? buildGraph(declared, { variant }) : {};
  if (!graph || !point) throw new Error(`'efficientnet' ${variant} does not build`);
  return { graph, point };
}
