import { resolve } from 'node:path';
import { createDiagram, type Diagram } from '../../report/drawing/diagram.ts';
import { drawDot } from '../../report/drawing/dot.ts';
import { drawMermaid } from '../../report/drawing/mermaid.ts';
import { drawSvg } from '../../report/drawing/svg.ts';
import { text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { RunCommand } from '../commands.ts';
import { exitCodes } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';

type Format = 'svg' | 'mermaid' | 'dot' | 'json';

const draw: Readonly<Record<Format, (diagram: Diagram) => string>> = {
  svg: drawSvg,
  mermaid: drawMermaid,
  dot: drawDot,
  json: (diagram) => `${JSON.stringify(diagram, undefined, 2)}\n`,
};

const endings: Readonly<Record<string, Format>> = {
  svg: 'svg',
  mmd: 'mermaid',
  mermaid: 'mermaid',
  dot: 'dot',
  gv: 'dot',
  json: 'json',
};

/** `enetc graph [spec]` */
export const graphCommand: RunCommand = async (args, io) => {
  const spec = await openSpec(args.operands[0], io, 'graph');
  const network = buildNetwork(spec, scalingRequest(args, spec), args, io);
  if (!network) return exitCodes.diagnostics;
  const output = text(args, 'output');
  const ending = output?.split('.').at(-1)?.toLowerCase() ?? '';
  const format = (text(args, 'format') as Format | undefined) ?? endings[ending] ?? 'svg';
  const drawn = draw[format](createDiagram(network.graph, network.point));
  if (output === undefined || output === '-') io.stdout.write(drawn);
  else writeTextFile(resolve(io.cwd, output), output, drawn);
  return exitCodes.ok;
};
