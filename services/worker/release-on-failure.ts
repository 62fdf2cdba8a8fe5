import type { PaidStage, ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";

/** Runs a stage that has begun. After a failure its next delivery need not wait for the lease to end. */
export async function releaseOnFailure<T>(
  events: Pick<ScanEvents, "release">,
  run: ScanRun,
  stage: PaidStage,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The lease ends by itself, only later.
    await events.release(run, stage).catch(() => undefined);
    throw error;
  }
}
