import { arch, availableParallelism, platform } from 'node:os';
import { checkPackages } from '../../backends/check-packages.ts';
import { probeBackends } from '../../backends/probe.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { columnsOf, renderTable } from '../../report/text-table.ts';
import { version } from '../../version.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes } from '../io.ts';
import { printAnswer } from '../print-diagnostics.ts';

/** `enetc doctor` */
export const doctorCommand: RunCommand = async (args, io) => {
  const backends = await probeBackends({ cwd: io.cwd, env: io.env });
  const packages = checkPackages(io.cwd);
  const auto = backends.find((report) => report.works && !report.slow)?.name ?? 'cpu';
  const cores = availableParallelism();
  const machine = { enetc: version, node: process.versions.node, platform: `${platform()}-${arch()}`, cores };
  const advice = [...backends, ...packages].filter((report) => report.advice !== undefined);
  const width = Math.max(...advice.map((report) => report.name.length));
  const lines = advice.map((report) => `  ${report.name.padEnd(width)}  ${report.advice}\n`);
  printAnswer(args, io, { ...machine, auto, backends, packages }, (paint) => {
    const parts = [
      `enetc ${version}, Node ${machine.node}, ${machine.platform}, ${cores} ${nounFor(cores, 'core')}\n`,
      renderTable(
        columnsOf(['backend', 'works', 'what it is, or why not']),
        backends.map((report) => [report.name, works(report), report.detail]),
        { paint },
      ),
      `--backend auto takes ${auto} here.\n`,
      renderTable(
        columnsOf(['package', 'works', 'version, or why not', 'for']),
        packages.map((report) => [report.name, works(report), report.detail, report.purpose]),
        { paint },
      ),
    ];
    return [...parts, ...(lines.length > 0 ? [`To have more:\n${lines.join('')}`] : [])].join('\n');
  });
  return backends.some((report) => report.works) ? exitCodes.ok : exitCodes.diagnostics;
};

function works(report: { readonly works: boolean; readonly slow?: boolean }): string {
  if (!report.works) return 'no';
  return report.slow ? 'slowly' : 'yes';
}
