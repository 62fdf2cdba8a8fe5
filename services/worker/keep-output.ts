import { Fault } from "#lib/error/fault.ts";

/** From a write that failed to the next one. */
const writeAgainMs = 500;

/**
 * Keeps what a model was paid for. While the store is away the output stays in hand and the write is tried again, up to
 * the soft limit of the stage: a message that went back to its queue without a checkpoint would be paid a second time.
 *
 * @param write may be repeated: the first one that reaches the store counts
 */
export async function keepOutput(
  write: () => Promise<void>,
  signal: AbortSignal,
  { againMs = writeAgainMs } = {},
): Promise<void> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted || Fault.from(error).code !== "UNAVAILABLE") throw error;
    }
    await Bun.sleep(againMs);
  }
}
