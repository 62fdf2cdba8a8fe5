/** Calls `run` every `intervalMs`, never twice at once, until stopped. `stop` waits for the one that runs. */
export function repeat(
  run: () => Promise<void>,
  intervalMs: number,
): { readonly stop: () => Promise<void> } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = Promise.resolve();
  let stopped = false;
  const wait = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = run().finally(wait);
    }, intervalMs);
  };
  wait();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
