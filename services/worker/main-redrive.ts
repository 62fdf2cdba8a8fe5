import { TASK_NAMES } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { openDeadLetters } from "./adapters/dead-letters.ts";
import { createLeader } from "./adapters/leader.ts";
import type { WorkerConfig } from "./config.ts";
import { runOnce } from "./dead-letters/redrive.ts";
import type { EndScanDeps } from "./end-scan.ts";

/** Every worker runs the timer, whatever it consumes; one of them redrives. */
export async function startRedrive(
  { DATABASE_URL, REDRIVE_INTERVAL }: WorkerConfig,
  deps: { broker: Broker; ends: EndScanDeps; log: Logger; scope: ProcessScope },
): Promise<void> {
  if (REDRIVE_INTERVAL === 0) return;
  const { broker, ends, log, scope } = deps;
  const leader = createLeader(DATABASE_URL);
  const letters = await openDeadLetters(broker);
  const { lead } = leader;
  const { take } = letters;
  const timer = repeat(async () => {
    try {
      for (const { task, outcome, jobId } of await runOnce({ tasks: TASK_NAMES, lead, take, ends }))
        log.info("dead letter moved", { queue: task, outcome, task_id: jobId });
    } catch (error) {
      log.warn("redrive interrupted", { error });
    }
  }, REDRIVE_INTERVAL * 1_000);
  scope.onStop("redrive", async () => {
    await timer.stop();
    await letters.close();
    await leader.close();
  });
}
