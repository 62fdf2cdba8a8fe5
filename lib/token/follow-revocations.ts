import { and, gt, sql } from "drizzle-orm";
import * as v from "valibot";
import { type Clock, systemClock } from "#lib/clock/clock.ts";
import { Revocation } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import { explainDatabaseError } from "#lib/db/driver-error.ts";
import { revocations } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import { BootError } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import type { RevocationList } from "./revocation-list.ts";

const rereadEveryDefaultMs = 10_000;
/** A row is dated by the beginning of its transaction and seen after its end: so long one may take. */
const lateCommitMs = 60_000;

/** Rows at a time: requests are judged in between, and these take a millisecond. */
const pageRows = 1_000;

export interface FollowGiven {
  readonly broker: Pick<Broker, "openChannel">;
  readonly database: Database;
  readonly list: RevocationList;
  readonly log: Logger;
}

/**
 * Keeps the revocation list complete, over two ways that do not need each other. An exclusive queue tells each
 * revocation: subscribed first, then everything is loaded, on every new channel, and whatever may have
 * hidden one closes the channel and so starts over. And every `rereadEveryMs` what was stored since the
 * last read is read. The list is current while the channel stands, or for a minute after a read.
 *
 * @returns what ends the rereading; the subscription ends with the broker.
 * @throws BootError when the list cannot be loaded.
 */
export async function followRevocations(
  { broker, database, list, log }: FollowGiven,
  {
    clock = systemClock,
    rereadEveryMs = rereadEveryDefaultMs,
  }: { clock?: Clock; rereadEveryMs?: number } = {},
): Promise<() => void> {
  const stored = createReader(database, list, clock);
  let standing: object | undefined;
  await broker.openChannel(async (channel) => {
    standing = channel;
    const lose = (): void => {
      // A channel that is closed late says nothing about the one that took its place.
      if (standing !== channel) return;
      standing = undefined;
      list.isFollowed = false;
    };
    const startOver = (error: unknown): void => {
      lose();
      log.warn("following revocations from the start", { error });
      // Rejects when the channel is closed already, which is as good.
      channel.close().catch(() => undefined);
    };
    channel.once("close", lose);
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, AUTHZ_EXCHANGE, "");
    await channel.consume(
      queue,
      (message) => {
        const revocation = message ? readRevocation(message.content) : undefined;
        if (revocation) list.add(revocation);
        else startOver(new Error("a message that cannot be read, or none any more"));
      },
      { noAck: true },
    );
    await stored.readAll();
    list.isFollowed = standing === channel;
  });
  const timer = repeat(async () => {
    list.sweep(clock.now());
    await stored.readNew().catch((error: unknown) => log.warn("revocations not read", { error }));
  }, rereadEveryMs);
  return () => void timer.stop();
}

/** What is stored, into the revocation list. Ages are told by the database alone: no two clocks are compared. */
function createReader(database: Database, list: RevocationList, clock: Clock) {
  const { id, key, expiresAt, createdAt } = revocations;
  let readAt = 0;

  async function readPages(after: bigint): Promise<void> {
    for (let last: bigint | undefined = after; last !== undefined; ) {
      const from = and(gt(id, last), gt(expiresAt, sql`now()`));
      const rows = await database.call((db) =>
        db.select({ id, key, expiresAt }).from(revocations).where(from).orderBy(id).limit(pageRows),
      );
      for (const row of rows) list.add({ key: row.key, expires_at: row.expiresAt.getTime() });
      last = rows.length === pageRows ? rows.at(-1)?.id : undefined;
    }
  }
  /** The first row that the last read may have missed; later ones are read again, which does no harm. */
  async function firstNew(): Promise<bigint | undefined> {
    const ms = Math.ceil(performance.now() - readAt + lateCommitMs);
    const isNew = sql`${createdAt} > now() - ${ms} * interval '1 ms'`;
    // The sum keeps PostgreSQL from looking for the smallest id in the order of ids, past all old rows.
    const first = sql<string | null>`min(${id} + 0)`;
    const [row] = await database.call((db) => db.select({ first }).from(revocations).where(isNew));
    return row?.first == null ? undefined : BigInt(row.first);
  }
  async function read(pages: () => Promise<void>): Promise<void> {
    const [startedAt, asOf] = [performance.now(), clock.now()];
    await pages();
    readAt = startedAt;
    list.readAsOf(asOf);
  }
  return {
    readAll: () => read(() => readPages(0n)).catch(refuse),
    readNew: () =>
      read(async () => {
        const first = await firstNew();
        if (first !== undefined) await readPages(first - 1n);
      }),
  };
}

function refuse(error: unknown): never {
  if (error instanceof BootError) throw error;
  const cause = error instanceof Fault ? error.cause : error;
  const reason = explainDatabaseError(cause);
  throw new BootError(`DATABASE_URL: revoked tokens cannot be read (${reason})`, { cause });
}

function readRevocation(content: Buffer): Revocation | undefined {
  try {
    return v.parse(Revocation, JSON.parse(content.toString()));
  } catch {
    return undefined;
  }
}
