import { and, gt, sql } from "drizzle-orm";
import * as v from "valibot";
import { type Clock, systemClock } from "#lib/clock/clock.ts";
import { Revocation } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import { revocations } from "#lib/db/schema.ts";
import { explainError } from "#lib/error/explain-error.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import { BootError } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import type { RevocationList } from "./revocation-list.ts";

const rereadEveryDefaultMs = 10_000;
/**
 * How long a transaction may take: a row has its begin as `createdAt`, and is visible after its
 * commit.
 */
const lateCommitMs = 60_000;

/** Rows a page: adding them takes a millisecond, and requests are served between pages. */
const pageRows = 1_000;

export interface FollowGiven {
  readonly broker: Pick<Broker, "openChannel">;
  readonly database: Database;
  readonly list: RevocationList;
  readonly log: Logger;
}

/**
 * Keeps a revocation list complete from two independent sources. The fanout queue delivers each
 * revocation: on every new channel it subscribes first, then loads everything from Postgres; a
 * message that may hide a revocation closes the channel, which starts over. Besides, every
 * `rereadEveryMs` it reads the rows stored since the last read. The list is current while the
 * channel is open, or for a minute after a read.
 *
 * @returns a function that stops rereading; the subscription ends with the broker.
 * @throws BootError when the revocations cannot be loaded at the start.
 */
export async function followRevocations(
  { broker, database, list, log }: FollowGiven,
  {
    clock = systemClock,
    rereadEveryMs = rereadEveryDefaultMs,
  }: { clock?: Clock; rereadEveryMs?: number } = {},
): Promise<() => void> {
  const stored = createReader(database, list, clock);
  let open: object | undefined;
  await broker.openChannel(async (channel) => {
    open = channel;
    const lose = (): void => {
      // The close event of an old channel may come after a new one has opened.
      if (open !== channel) return;
      open = undefined;
      list.isFollowed = false;
    };
    const startOver = (error: unknown): void => {
      lose();
      log.warn("reloading revocations over a new channel", { error });
      // Rejects when the channel is closed already; that is the goal.
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
        else startOver(new Error("unreadable message, or consumer cancelled"));
      },
      { noAck: true },
    );
    await stored.readAll();
    list.isFollowed = open === channel;
  });
  const timer = repeat(async () => {
    list.sweep(clock.now());
    await stored.readNew().catch((error: unknown) => log.warn("revocations not read", { error }));
  }, rereadEveryMs);
  return () => void timer.stop();
}

/** Reads stored revocations into the list. Ages come from the database's clock alone. */
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
  /**
   * The first row the last read may have missed; rows after it that it did not miss are read again.
   */
  async function firstNew(): Promise<bigint | undefined> {
    const ms = Math.ceil(performance.now() - readAt + lateCommitMs);
    const isNew = sql`${createdAt} > now() - ${ms} * interval '1 ms'`;
    // `+ 0` keeps PostgreSQL from walking the id index past all old rows to find the minimum.
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
  const reason = explainError(cause);
  throw new BootError(`DATABASE_URL: revoked tokens cannot be read (${reason})`, { cause });
}

function readRevocation(content: Buffer): Revocation | undefined {
  try {
    return v.parse(Revocation, JSON.parse(content.toString()));
  } catch {
    return undefined;
  }
}
