/**
 * Resolves with the first truthy value of `condition`; how live tests wait for what happens elsewhere.
 *
 * @throws Error with the last thing seen when `timeoutMs` passes.
 */
export async function until<T>(
  condition: () => Promise<T> | T,
  { timeoutMs = 10_000, pollMs = 10 } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await Bun.sleep(pollMs);
  }
  throw new Error(`condition not met within ${timeoutMs} ms; last: ${String(last)}`);
}
