/** Milliseconds of the processor that the work has taken: a busy machine does not make it slow. */
export function cpuMs(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  return process.cpuUsage(begun).user / 1_000;
}
