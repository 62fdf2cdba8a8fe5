import type { Clock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import { repeat } from "#lib/process/repeat.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import { createOutbox } from "./adapters/outbox.ts";
import { relayOnce } from "./relay.ts";

const relayEveryMs = 250;
const sweepEveryMs = 60_000;
const observeLag = observedGauge(
  "eco2_outbox_lag_seconds",
  "Since this process last saw every revocation published; near 0 unless its relay fails or hangs",
);

interface Given {
  readonly database: Database;
  readonly publisher: Pick<Publisher, "broadcast">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

/**
 * Starts the outbox relay, which also revokes replaced access tokens when they are due, and the
 * sweep. Every process that mounts auth has them; they share the
 * work.
 */
export function startRelay({ database, publisher, clock, log, scope }: Given): void {
  const { publishPending, revokeReplaced, sweep } = createOutbox(database);
  const broadcast = (revocation: unknown) => publisher.broadcast(AUTHZ_EXCHANGE, revocation);
  let isFailing = false;
  let publishedAt = performance.now();
  observeLag(() => (performance.now() - publishedAt) / 1_000);
  const relay = repeat(async () => {
    try {
      await revokeReplaced(clock.now());
      while ((await relayOnce({ publishPending, broadcast })) && !scope.stopping);
      publishedAt = performance.now();
      if (isFailing) log.info("revocations republished");
      isFailing = false;
    } catch (error) {
      // Retried four times a second, logged once.
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
