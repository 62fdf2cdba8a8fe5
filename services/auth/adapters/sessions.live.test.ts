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
import { openedSession, type Session, type TokenPair } from "../session.ts";
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
const refresh = (token: string, arrivedAt = now + 1, through = one): Promise<TokenPair> =>
  refreshSession(process(through) satisfies RefreshDeps, token, arrivedAt);
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

  test("revokes the access token it replaces, here at once and everywhere, until it expires", async () => {
    const old = { key: `jti:${await jtiOf(pair)}`, expires_at: now + 3 * hourMs };
    await refresh(pair.refresh.token);
    expect(await revokedOf(old.key)).toEqual([old]);
    expect(added).toEqual([old]);
    expect(pair.access.expiresAt.getTime()).toBeWithin(now, old.expires_at + 1);
  });

  test("revokes no access token that has expired", async () => {
    now += 3 * hourMs;
    await refresh(pair.refresh.token);
    expect(await revokedOf(`jti:${await jtiOf(pair)}`)).toEqual([]);
    expect(added).toEqual([]);
  });

  test("of 1,000 at once succeeds once, keeps the session, and its pair works", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, i) => refresh(pair.refresh.token, now, i % 2 ? one : two)),
    );
    const won = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const codes = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
    expect(won).toHaveLength(1);
    expect(codes).toEqual(Array(999).fill("REFRESH_SUPERSEDED"));
    expect([reused, await revokedOf(`sid:${session.id}`)]).toEqual([[], []]);
    // One token was replaced, so one is revoked.
    expect(added.map(({ key }) => key)).toEqual([`jti:${await jtiOf(pair)}`]);
    now += 1;
    await refresh(won[0]?.refresh.token ?? "");
  }, 30_000);

  test("that arrives after the one that won ends the session: its new pair is refused too", async () => {
    const next = await refresh(pair.refresh.token);
    await expect(refresh(pair.refresh.token, now + 1, two)).rejects.toThrow("REFRESH_TOKEN_REUSED");
    expect(reused).toEqual([session.id]);
    expect(await rowOf()).toBeUndefined();
    const ended = { key: `sid:${session.id}`, expires_at: now + 3 * hourMs };
    expect(await revokedOf(ended.key)).toEqual([ended]);
    expect(added).toContainEqual(ended);
    await expect(refresh(next.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
    await expect(refresh(pair.refresh.token)).rejects.toThrow("TOKEN_REVOKED");
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

  test("counts towards the rate limit only if it succeeds", async () => {
    const counted: string[] = [];
    refreshLimit.count = (userId) => void counted.push(userId);
    await refresh(pair.refresh.token);
    await expect(refresh(pair.refresh.token, now)).rejects.toThrow("REFRESH_SUPERSEDED");
    expect(counted).toEqual([session.userId]);
  });

  test("ends no other session", async () => {
    const neighbour = openedSession(session.userId, "dev");
    const theirs = await open(neighbour);
    await refresh(pair.refresh.token);
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
