import { basename } from 'node:path';
import { createDiagram, type Diagram } from '../../report/drawing/diagram.ts';
import { drawDot } from '../../report/drawing/dot.ts';
import { drawMermaid } from '../../report/drawing/mermaid.ts';
import { drawSvg } from '../../report/drawing/svg.ts';
import { text } from '../arguments.ts';
import { openNetwork } from '../build-network.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { pictureEndings } from '../output-endings.ts';
import { writeTextFile } from '../output-files.ts';
import { drawing } from '../own-outputs.ts';
import { outputOf, refuseFile } from '../refuse-overwriting.ts';

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
  const output = text(args, 'output');
  const format = formatFor(text(args, 'format') as Format | undefined, output ?? '');
  const opened = await openNetwork(args, io);
  if (!opened) return exitCodes.diagnostics;
  const { network } = opened;
  const drawn = draw[format](createDiagram(network.graph, network.point));
  if (output === undefined || output === '-') io.stdout.write(drawn);
  else {
    const written = outputOf(output, network.program, args, io);
    refuseFile(written, drawing);
    writeTextFile(written.path, output, drawn);
  }
  return exitCodes.ok;
};

/** The format that is asked for by name or by the output's ending; the two must not contradict each other. */
function formatFor(name: Format | undefined, output: string): Format {
  const ending = /\.([^./\\]+)$/.exec(basename(output))?.[1]?.toLowerCase();
  if (ending === undefined) return name ?? 'svg';
  const byEnding = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (byEnding === undefined && (name === undefined || pictureEndings.includes(ending))) {
    const known = Object.keys(endings).join(', ');
    const advice = pictureEndings.includes(ending)
      ? `: write an .svg, which browsers and tools such as Inkscape save as ${ending}`
      : '';
    throw usageError(
      `'${output}': graph does not write ${ending} files${advice}; endings that it knows are ${known}`,
      'graph',
    );
  }
  if (name !== undefined && byEnding !== undefined && byEnding !== name) {
    throw usageError(`--format ${name} contradicts '${output}', whose ending is that of ${byEnding}`, 'graph');
  }
  return name ?? byEnding ?? 'svg';
}
