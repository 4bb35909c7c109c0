import { arch, availableParallelism, platform } from 'node:os';
import type { BackendReport } from '../../backends/backend.ts';
import { checkPackages, type PackageReport } from '../../backends/check-packages.ts';
import { probeBackends } from '../../backends/probe.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { type Paint, renderTable } from '../../report/text-table.ts';
import { version } from '../../version.ts';
import { flag } from '../arguments.ts';
import type { RunCommand } from '../commands.ts';
import { exitCodes } from '../io.ts';
import { printJson } from '../print-diagnostics.ts';
import { paintFor } from '../style.ts';

/** `enetc doctor` */
export const doctorCommand: RunCommand = async (args, io) => {
  const backends = await probeBackends({ cwd: io.cwd, env: io.env });
  const packages = checkPackages(io.cwd);
  const auto = backends.find((report) => report.works && !report.slow)?.name ?? 'cpu';
  const machine = {
    enetc: version,
    node: process.versions.node,
    platform: `${platform()}-${arch()}`,
    cores: availableParallelism(),
  };
  if (flag(args, 'json')) printJson({ ...machine, auto, backends, packages }, io);
  else io.stdout.write(doctorText(machine, auto, backends, packages, paintFor(args, io)));
  return backends.some((report) => report.works) ? exitCodes.ok : exitCodes.diagnostics;
};

interface Machine {
  readonly enetc: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
}

function doctorText(
  { enetc, node, platform, cores }: Machine,
  auto: string,
  backends: readonly BackendReport[],
  packages: readonly PackageReport[],
  paint: Paint,
): string {
  const words = (report: BackendReport | PackageReport) => {
    if (!report.works) return 'no';
    return 'slow' in report && report.slow ? 'slowly' : 'yes';
  };
  const parts = [
    `enetc ${enetc}, Node ${node}, ${platform}, ${cores} ${nounFor(cores, 'core')}\n`,
    renderTable(
      [{ title: 'backend' }, { title: 'works' }, { title: 'what it is, or why not' }],
      backends.map((report) => [report.name, words(report), report.detail]),
      { paint },
    ),
    `--backend auto takes ${auto} here.\n`,
    renderTable(
      [{ title: 'package' }, { title: 'works' }, { title: 'version, or why not' }, { title: 'for' }],
      packages.map((report) => [report.name, words(report), report.detail, report.purpose]),
      { paint },
    ),
  ];
  const advice = [...backends, ...packages].filter((report) => report.advice !== undefined);
  const width = Math.max(...advice.map((report) => report.name.length));
  if (advice.length > 0) {
    parts.push(`To have more:\n${advice.map((r) => `  ${r.name.padEnd(width)}  ${r.advice}\n`).join('')}`);
  }
  return parts.join('\n');
}
