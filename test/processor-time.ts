/** Milliseconds of the processor that this process has used: as `performance.now()`, but without the time in which others have the cores. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
