import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq, inArray } from "drizzle-orm";
import type { Revocation } from "#lib/contract/revocation.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { createAccount } from "#lib/db/create-account.ts";
import { migrate } from "#lib/db/migrate.ts";
import { accounts, revocations, sessions } from "#lib/db/schema.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { openKeySet } from "#lib/token/key-set.ts";
import { verifyToken } from "#lib/token/verify-token.ts";
import { endSession } from "../end-session.ts";
import { RefreshRateLimit } from "../refresh-rate-limit.ts";
import { type RefreshDeps, refreshSession } from "../refresh-session.ts";
import {
  replacedGraceMs as graceMs,
  openedSession,
  type Session,
  type TokenPair,
} from "../session.ts";
import { createOutbox } from "./outbox.ts";
import { createSessions } from "./sessions.ts";
import { createTokens } from "./tokens.ts";

const keys = await openKeySet(undefined);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Two processes, each with its own connections. */
let one: Database;
let two: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  one = await connectDatabase(serviceUrls.DATABASE_URL);
  two = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(() => Promise.all([one?.close(), two?.close()]));

let now: number;
let session: Session;
let pair: TokenPair;
let added: Revocation[];
let reused: string[];
let refreshLimit: RefreshRateLimit;
const refreshing = [new Map(), new Map()] as const;
beforeEach(async () => {
  refreshLimit = new RefreshRateLimit();
  now = Date.now();
  [added, reused] = [[], []];
  const userId = `user-${crypto.randomUUID()}`;
  await one.call((db) => db.execute(createAccount(userId)));
  session = openedSession(userId, "dev");
  pair = await open(session);
});

/** What a process of the service does with its sessions. */
function process(database: Database) {
  const clock = { now: () => now };
  return {
    clock,
    revocations: { add: (revocation: Revocation) => void added.push(revocation) },
    refreshing: refreshing[database === one ? 0 : 1],
    refreshLimit,
    onReuse: ({ sid }: { sid: string }) => void reused.push(sid),
    sessions: createSessions(database),
    tokens: createTokens(keys, clock),
  };
}
async function open(opened: Session): Promise<TokenPair> {
  const { sessions, tokens } = process(one);
  await sessions.open(opened, tokens.expiryAt(now), now);
  return tokens.issue(opened, now);
}
const refresh = (token: string, through = one): Promise<TokenPair> =>
  refreshSession(process(through) satisfies RefreshDeps, token);
const revokeReplaced = () => createOutbox(one).revokeReplaced(now);
const logout = (tokens: Parameters<typeof endSession>[1]) => endSession(process(one), tokens);

const rowOf = async ({ id } = session) =>
  (await one.call((db) => db.select().from(sessions).where(eq(sessions.id, id))))[0];
const revokedOf = async (...names: readonly string[]) => {
  const rows = await one.call((db) =>
    db
      .select()
      .from(revocations)
      .where(inArray(revocations.key, [...names])),
  );
  return rows.map(({ key, expiresAt }) => ({ key, expires_at: expiresAt.getTime() }));
};
const jtiOf = async ({ access }: TokenPair) =>
  (await verifyToken(keys, access.token, "access", { isExpiredFine: true })).jti;

describe("a refresh", () => {
  test("gives a pair that works, and extends the session to 30 days from now", async () => {
    now += 2 * dayMs;
    const next = await refresh(pair.refresh.token);
    expect(await verifyToken(keys, next.access.token, "access", { now })).toMatchObject({
      sub: session.userId,
      provider: "dev",
      sid: session.id,
    });
    const row = await rowOf();
    expect(row?.expiresAt.getTime()).toBe(now + 30 * dayMs);
    expect(row?.refreshedAt.getTime()).toBe(now);
    expect(row?.accessJti).toBe(await jtiOf(next));
    now += 29 * dayMs;
    await refresh(next.refresh.token);
  });

  test("leaves the access token it replaces valid for half a minute, then revokes it until it expires", async () => {
    const old = { key: `jti:${await jtiOf(pair)}`, expires_at: now + 3 * hourMs };
    await refresh(pair.refresh.token);
    now += graceMs - 1;
    await revokeReplaced();
    expect([added, await revokedOf(old.key)]).toEqual([[], []]);
    now += 1;
    await Promise.all(Array.from({ length: 10 }, revokeReplaced));
    expect(await revokedOf(old.key)).toEqual([old]);
    expect(pair.access.expiresAt.getTime()).toBeWithin(now - graceMs, old.expires_at + 1);
  });

  test("revokes no access token that has expired", async () => {
    now += 3 * hourMs;
    await refresh(pair.refresh.token);
    now += graceMs;
    await revokeReplaced();
    expect(await revokedOf(`jti:${await jtiOf(pair)}`)).toEqual([]);
  });

  test("of 1,000 at once through two processes gives one pair to all, which works", async () => {
    const pairs = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => refresh(pair.refresh.token, i % 2 ? one : two)),
    );
    const [next] = pairs;
    expect(new Set(pairs.map(({ refresh: { token } }) => token)).size).toBe(1);
    expect(new Set(pairs.map(({ access: { token } }) => token)).size).toBe(1);
    expect([reused, added, await revokedOf(`sid:${session.id}`)]).toEqual([[], [], []]);
    now += hourMs;
    await refresh(next?.refresh.token ?? "");
  }, 30_000);

  test("whose response was lost gets the same pair for half a minute, from any process", async () => {
    const lost = await refresh(pair.refresh.token);
    for (const waitMs of [2, 1_000, graceMs - 1_003]) {
      now += waitMs;
      for (const process of [one, two]) {
        const again = await refresh(pair.refresh.token, process);
        expect(again.refresh.token).toBe(lost.refresh.token);
        expect(again.access.token).toBe(lost.access.token);
      }
    }
    expect(reused).toEqual([]);
  });

  test("that was overtaken by two others gets the newest pair", async () => {
    const second = await refresh(pair.refresh.token);
    now += 200;
    const third = await refresh(second.refresh.token);
    now += 200;
    expect((await refresh(pair.refresh.token)).refresh.token).toBe(third.refresh.token);
    expect((await refresh(second.refresh.token)).refresh.token).toBe(third.refresh.token);
    expect(reused).toEqual([]);
  });

  test.each(["before", "after"])(
    "half a minute later ends the session, %s its access token was revoked",
    async (order) => {
      const next = await refresh(pair.refresh.token);
      // A repetition does not extend the grace period.
      now += graceMs - 1;
      await refresh(pair.refresh.token);
      now += 1;
      if (order === "after") await revokeReplaced();
      await expect(refresh(pair.refresh.token, two)).rejects.toThrow("REFRESH_TOKEN_REUSED");
      expect(reused).toEqual([session.id]);
      expect(await rowOf()).toBeUndefined();
      const ended = { key: `sid:${session.id}`, expires_at: now - graceMs + 3 * hourMs };
      expect(await revokedOf(ended.key)).toEqual([ended]);
      expect(added).toContainEqual(ended);
      await expect(refresh(next.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
      await expect(refresh(pair.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
    },
  );

  test("by a thief within half a minute is found out by the next refresh of either", async () => {
    const owner = await refresh(pair.refresh.token);
    const thief = await refresh(pair.refresh.token);
    now += 3 * hourMs;
    await refresh(thief.refresh.token);
    now += graceMs;
    await expect(refresh(owner.refresh.token)).rejects.toThrow("REFRESH_TOKEN_REUSED");
  });

  test("is forgiven to no other session, and to none that has ended", async () => {
    const neighbour = openedSession(session.userId, "dev");
    const theirs = await open(neighbour);
    await refresh(theirs.refresh.token);
    // Our session, and a token that was replaced in theirs.
    const { refreshJti } = neighbour;
    const mixed = await process(one).tokens.issue({ ...session, refreshJti }, now);
    await expect(refresh(mixed.refresh.token)).rejects.toThrow("REFRESH_TOKEN_REUSED");
    await logout({ access: [theirs.access.token] });
    await expect(refresh(theirs.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
  });

  test("with any older token of the session ends it, however many refreshes ago", async () => {
    let next = pair;
    for (let round = 0; round < 3; round++) {
      now += hourMs;
      next = await refresh(next.refresh.token);
    }
    await expect(refresh(pair.refresh.token)).rejects.toThrow("REFRESH_TOKEN_REUSED");
    await expect(refresh(next.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
  });

  test("of many thieves at once ends the session once, and all of them are refused", async () => {
    await refresh(pair.refresh.token);
    now += graceMs;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => refresh(pair.refresh.token)),
    );
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(await revokedOf(`sid:${session.id}`)).toHaveLength(1);
  });

  test("beyond the rate limit changes nothing and keeps the token valid", async () => {
    const next = await refresh(pair.refresh.token);
    refreshLimit = new RefreshRateLimit();
    while (!refreshLimit.isReached(session.userId, now)) refreshLimit.count(session.userId, now);
    await expect(refresh(next.refresh.token)).rejects.toThrow("RATE_LIMITED");
    expect((await rowOf())?.accessJti).toBe(await jtiOf(next));
    expect(await revokedOf(`jti:${await jtiOf(next)}`)).toEqual([]);
    now += 60_000;
    await refresh(next.refresh.token);
  });

  test("counts towards the rate limit once, however often it is repeated", async () => {
    const counted: string[] = [];
    refreshLimit.count = (userId) => void counted.push(userId);
    await refresh(pair.refresh.token);
    await refresh(pair.refresh.token);
    expect(counted).toEqual([session.userId]);
  });

  test("ends no other session", async () => {
    const neighbour = openedSession(session.userId, "dev");
    const theirs = await open(neighbour);
    await refresh(pair.refresh.token);
    now += graceMs;
    await expect(refresh(pair.refresh.token)).rejects.toThrow("REFRESH_TOKEN_REUSED");
    await refresh(theirs.refresh.token);
  });

  test("after 30 days without one is too late, by the token and by the row", async () => {
    now += 30 * dayMs;
    await expect(refresh(pair.refresh.token)).rejects.toThrow("TOKEN_EXPIRED");
    const late = await createTokens(keys, { now: () => now }).issue(session, now);
    await expect(refresh(late.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
  });

  test.each([
    ["an access token", async () => pair.access.token, "TOKEN_AUDIENCE_WRONG"],
    ["a changed one", async () => `${pair.refresh.token.slice(0, -8)}AAAAAAAA`, "TOKEN_INVALID"],
    [
      "one of another key",
      async () =>
        (await createTokens(await openKeySet(undefined), { now: () => now }).issue(session, now))
          .refresh.token,
      "TOKEN_KEY_UNKNOWN",
    ],
  ])("takes no refresh token that is %s, and the session goes on", async (_, token, code) => {
    await expect(refresh(await token())).rejects.toThrow(code);
    await refresh(pair.refresh.token);
  });
});

describe("a logout", () => {
  test.each(["access", "refresh"] as const)(
    "by the %s token ends the session for everybody",
    async (kind) => {
      await logout({ [kind]: [pair[kind].token] });
      expect(await rowOf()).toBeUndefined();
      const ended = { key: `sid:${session.id}`, expires_at: now + 3 * hourMs };
      expect([await revokedOf(ended.key), added]).toEqual([[ended], [ended]]);
      await expect(refresh(pair.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
    },
  );

  test("may be repeated, by many at once", async () => {
    const tokens = { refresh: [pair.refresh.token] };
    await Promise.all(Array.from({ length: 20 }, () => logout(tokens)));
    await logout(tokens);
    expect(await revokedOf(`sid:${session.id}`)).toHaveLength(1);
  });

  test("by a token that was refreshed since ends the session all the same", async () => {
    await refresh(pair.refresh.token);
    await logout({ refresh: [pair.refresh.token] });
    expect(await rowOf()).toBeUndefined();
  });

  test("revokes until the last access token expires, not the first", async () => {
    now += hourMs;
    await refresh(pair.refresh.token);
    await logout({ refresh: [pair.refresh.token] });
    const [ended] = await revokedOf(`sid:${session.id}`);
    expect(ended?.expires_at).toBe(now + 3 * hourMs);
  });

  test("after the last access token has expired revokes nothing", async () => {
    now += 3 * hourMs;
    await logout({ refresh: [pair.refresh.token] });
    expect([await rowOf(), await revokedOf(`sid:${session.id}`), added]).toEqual([
      undefined,
      [],
      [],
    ]);
  });
});

describe("an account that is deleted", () => {
  test("takes its sessions with it", async () => {
    await one.call((db) => db.delete(accounts).where(eq(accounts.id, session.userId)));
    expect(await rowOf()).toBeUndefined();
    await expect(refresh(pair.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
  });

  test("while its user signs in gets no session", async () => {
    await one.call((db) => db.delete(accounts).where(eq(accounts.id, session.userId)));
    await expect(open(openedSession(session.userId, "dev"))).rejects.toThrow("ACCOUNT_DELETED");
  });
});
