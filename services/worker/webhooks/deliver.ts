import type { Clock } from "#lib/clock/clock.ts";
import { type Attempt, type Delivery, type Settlement, settle } from "./delivery.ts";

export interface DeliverDeps {
  readonly outbox: {
    /**
     * Takes deliveries that are due, one of a webhook, for `deliveryLeaseMs`: until then no other worker has them. None
     * of the webhooks that are `running`, and no more of one host than `hostMax` with those.
     */
    claim(now: number, room: ClaimRoom): Promise<readonly Delivery[]>;
    /** @returns why the webhook is disabled now; undefined for one that is not. */
    settle(
      delivery: Delivery,
      attempt: Attempt,
      settlement: Settlement,
      now: number,
    ): Promise<string | undefined>;
  };
  send(delivery: Delivery): Promise<Attempt>;
  readonly clock: Clock;
  /** From 0 to 1. */
  random(): number;
  onAttempt(delivery: Delivery, attempt: Attempt, settlement: Settlement): void;
  onDisabled(webhookId: string, reason: string): void;
  /** The delivery comes again when its lease ends. */
  onError(error: unknown): void;
}

export interface ClaimRoom {
  readonly limit: number;
  readonly hostMax: number;
  readonly running: readonly Pick<Delivery["webhook"], "id" | "host">[];
}

export interface Deliverer {
  /** Begins to send what is due, as far as there is room. What ends makes room, and looks again. */
  look(): Promise<void>;
  /** Looks no more. Resolves when nothing is being sent. */
  stop(): Promise<void>;
  /** Resolves when nothing is due, and nothing is being sent. */
  drain(): Promise<void>;
}

/** Sent at once by one process. */
const sendingMax = 64;
/** A host that answers slowly takes 10 s for each, whosever webhooks they are. */
const sendingOfHostMax = 8;

/**
 * Sends deliveries. A webhook has one on its way from this process, so that a slow receiver holds up its own alone, and
 * a user has no more on their way than webhooks. A worker that dies leaves its deliveries to the others, under the same
 * ids.
 */
export function createDeliverer(deps: DeliverDeps): Deliverer {
  const running = new Map<string, { readonly id: string; readonly host: string }>();
  const attempts = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;

  function look(): Promise<void> {
    isWanted = true;
    looking ??= claimAll().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function claimAll(): Promise<void> {
    while (isWanted && !isStopped && running.size < sendingMax) {
      isWanted = false;
      const room = { limit: sendingMax - running.size, hostMax: sendingOfHostMax };
      const claim = { ...room, running: [...running.values()] };
      for (const one of await deps.outbox.claim(deps.clock.now(), claim)) begin(one);
    }
  }

  function begin(delivery: Delivery): void {
    const { id, host } = delivery.webhook;
    running.set(id, { id, host });
    const attempt = deliver(deps, delivery)
      .finally(() => running.delete(id))
      .then(look)
      .catch(deps.onError)
      .finally(() => attempts.delete(attempt));
    attempts.add(attempt);
  }

  async function drain(): Promise<void> {
    await look();
    while (attempts.size > 0) await Promise.all(attempts);
  }

  return {
    look,
    drain,
    stop: () => {
      isStopped = true;
      return drain();
    },
  };
}

async function deliver(deps: DeliverDeps, delivery: Delivery): Promise<void> {
  const attempt = await deps.send(delivery);
  const now = deps.clock.now();
  const settlement = settle(delivery, attempt, now, deps.random());
  const disabled = await deps.outbox.settle(delivery, attempt, settlement, now);
  deps.onAttempt(delivery, attempt, settlement);
  if (disabled !== undefined) deps.onDisabled(delivery.webhook.id, disabled);
}
