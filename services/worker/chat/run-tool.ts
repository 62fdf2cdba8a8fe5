/** How long a tool may take, and how often it is tried. */
export interface ToolLimits {
  readonly timeoutMs: number;
  readonly tries: number;
}

export const FAILED = Symbol("the tool has failed");

/**
 * What a tool finds, or `FAILED`: no tool fails the answer. A tool that does not heed its signal is left to itself when
 * its time is over.
 *
 * @throws the reason of `signal`, when the whole run is to end
 */
export async function runTool<T>(
  { timeoutMs, tries }: ToolLimits,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  onFailure: (error: unknown) => void,
): Promise<T | typeof FAILED> {
  for (let left = tries; left > 0; left--) {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, deadline]);
    const over = Promise.withResolvers<never>();
    const end = () => over.reject(either.reason);
    either.addEventListener("abort", end);
    try {
      return await Promise.race([work(either), over.promise]);
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error);
    } finally {
      either.removeEventListener("abort", end);
    }
  }
  return FAILED;
}
