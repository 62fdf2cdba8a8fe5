import type { Clock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import { metrics } from "./adapters/metrics.ts";
import { createOutbox } from "./adapters/outbox.ts";
import { relayOnce } from "./relay.ts";

const relayEveryMs = 250;
const sweepEveryMs = 60_000;

interface Given {
  readonly db: Database;
  readonly publisher: Pick<Publisher, "broadcast">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

/** Runs in every process that mounts auth: any number of them share the work. */
export function startRelay({ db, publisher, clock, log, scope }: Given): void {
  const { publishPending, sweep } = createOutbox(db);
  const broadcast = (revocation: unknown) => publisher.broadcast(AUTHZ_EXCHANGE, revocation);
  let isFailing = false;
  metrics.allPublished();
  const relay = repeat(async () => {
    try {
      while ((await relayOnce({ publishPending, broadcast })) && !scope.stopping);
      metrics.allPublished();
      if (isFailing) log.info("revocations republished");
      isFailing = false;
    } catch (error) {
      // Four times a second until it is over, and said once.
      if (!isFailing) log.warn("revocations not published, retrying", { error });
      isFailing = true;
    }
  }, relayEveryMs);
  const sweeper = repeat(async () => {
    await sweep(clock.now()).catch((error: unknown) => log.warn("auth not swept", { error }));
  }, sweepEveryMs);
  scope.onStop("auth sweep", sweeper.stop);
  scope.onStop("auth relay", relay.stop);
}
