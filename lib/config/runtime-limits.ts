/** Above what the limit of open files allows, so that this one never holds a request back. */
const httpRequestsMax = 65_336;
/** A busy worker's memory is a third smaller than with a machine of 24 GB in view, and it is as fast. */
const ramBytesMax = 1_000_000_000;

/**
 * Limits that Bun reads from the environment when a process starts, each as it is set or as it
 * should be:
 *
 * - `BUN_CONFIG_MAX_HTTP_REQUESTS`: requests that `fetch` has under way at once. All beyond wait
 *   inside it, in order and without a word; Bun's own limit of 256 is far below what a worker
 *   keeps in flight.
 * - `BUN_JSC_forceRAMSize`: bytes of memory by which Bun decides when to collect garbage; by
 *   itself it takes the whole machine's. Half of what the process may have (its cgroup's limit, or
 *   else the machine), because photos and sockets lie outside of the heap.
 */
export function runtimeLimits(
  environment = process.env,
  memoryBytes = process.constrainedMemory(),
) {
  const ramBytes = Math.min(Math.floor(memoryBytes / 2), ramBytesMax);
  const { BUN_CONFIG_MAX_HTTP_REQUESTS, BUN_JSC_forceRAMSize } = environment;
  return {
    BUN_CONFIG_MAX_HTTP_REQUESTS: BUN_CONFIG_MAX_HTTP_REQUESTS || String(httpRequestsMax),
    BUN_JSC_forceRAMSize: BUN_JSC_forceRAMSize || String(ramBytes),
  };
}
