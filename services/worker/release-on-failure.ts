import type { Delivery } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { PaidStage, ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";

/**
 * Runs a stage that has begun. After a failure its next delivery need not wait for the lease to end. One that ends the
 * scan keeps it, up to that end: a copy of the message would begin before it, and be paid.
 */
export async function releaseOnFailure<T>(
  events: Pick<ScanEvents, "release">,
  run: ScanRun,
  stage: PaidStage,
  delivery: Pick<Delivery, "runsAgain">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The lease ends by itself, only later.
    if (delivery.runsAgain(Fault.from(error))) {
      await events.release(run, stage).catch(() => undefined);
    }
    throw error;
  }
}
