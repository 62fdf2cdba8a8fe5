import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { openDeadLetters } from "#lib/queue/dead-letters.ts";
import type { EndDeadLetterDeps } from "#lib/scan/settle-dead-letter.ts";
import { createLeader } from "./adapters/leader.ts";
import type { WorkerConfig } from "./config.ts";
import { runOnce } from "./dead-letters/redrive.ts";

/** A round that begins late must not cost the lead; one that died leaves a single round out. */
const leaseIntervals = 1.5;

/** Every worker runs the timer, whatever it consumes; one of them redrives. */
export async function startRedrive(
  { REDRIVE_INTERVAL }: WorkerConfig,
  deps: {
    broker: Broker;
    redis: Redis;
    ending: EndDeadLetterDeps;
    log: Logger;
    scope: ProcessScope;
  },
): Promise<void> {
  if (REDRIVE_INTERVAL === 0) return;
  const { broker, redis, ending, log, scope } = deps;
  const intervalMs = REDRIVE_INTERVAL * 1_000;
  const leader = createLeader(redis, { leaseMs: leaseIntervals * intervalMs });
  const deadLetters = await openDeadLetters(broker);
  const round = {
    tasks: TASK_NAMES,
    lead: leader.lead,
    count: deadLetters.count,
    take: deadLetters.take,
    ending,
    clock: systemClock,
  };
  const timer = repeat(async () => {
    try {
      for (const { task, outcome, jobId } of await runOnce(round))
        log.info("dead letter settled", { queue: task, outcome, task_id: jobId });
    } catch (error) {
      log.warn("redrive interrupted", { error });
    }
  }, intervalMs);
  scope.onStop("redrive", async () => {
    await timer.stop();
    await deadLetters.close();
    // While Redis is away the lease ends by itself.
    await leader.close().catch(() => undefined);
  });
}
