import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import postgres from "postgres";
import { chatContentKeys } from "#lib/chat-store/chat-keys.ts";
import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createApp } from "#lib/http/create-app.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { contentKeys, scanKeys } from "#lib/scan-store/scan-keys.ts";
import { holdReply } from "#lib/testing/held-reply.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { usersRoutes } from "../../services/users/main-routes.ts";
import {
  createOwnershipWriter,
  createUserCharacterWriter,
} from "../../services/worker/adapters/postgres.ts";
import { type ChatStreamEvent, createChatReader, showsText } from "../harness/chat-reader.ts";
import { scan, startHarness, uploadPhoto } from "./harness.ts";

const sql = postgres(serviceUrls.DATABASE_URL, { max: 4, onnotice: () => undefined });
const redis = new Redis(serviceUrls.REDIS_URL);
const newUser = () => `user-${crypto.randomUUID()}`;
beforeAll(() => migrate(serviceUrls.DATABASE_URL), 30_000);
afterAll(async () => {
  await sql.end();
  redis.disconnect();
});

/** Every table that says whose a row is, those of tomorrow included, and how many rows are the user's. */
async function rowsOf(userId: string): Promise<Record<string, number>> {
  const tables = await sql`select table_schema as schema, table_name as name, column_name as column
    from information_schema.columns
    where column_name = 'user_id' or (table_schema, table_name, column_name) = ('users', 'accounts', 'id')`;
  expect(tables.length).toBeGreaterThanOrEqual(5);
  const rows: Record<string, number> = {};
  for (const { schema, name, column } of tables) {
    const [found] = await sql`select count(*)::int as count
      from ${sql(schema)}.${sql(name)} where ${sql(column)} = ${userId}`;
    if (found?.count > 0) rows[`${schema}.${name}`] = found?.count;
  }
  return rows;
}

function grant(user_id: string, character_code = "char-petty"): OwnershipGrant {
  const character_name = "페티";
  return { job_id: Bun.randomUUIDv7(), user_id, character_code, character_name, granted_at: 1 };
}

function run(user_id: string, epoch = 0) {
  const image_url = "https://cdn.example.com/a.jpg";
  const job = { job_id: Bun.randomUUIDv7(), user_id, image_url, user_input: "", model: "local" };
  return { message: { ...job, submitted_at: 1 }, epoch };
}
const result: StoredResult = {
  status: "failed",
  vision: null,
  answer: null,
  reward: null,
  error: { code: "EXPIRED", message: "" },
};

/** What writes rows of users: each with connections of its own, as in processes of their own. */
function writers(database: Database) {
  const results = createResultStore(database);
  return {
    ownership: createOwnershipWriter(database),
    collection: createUserCharacterWriter(database),
    result: (userId: string) => results.saveResult(run(userId), result, 1),
  };
}

describe("DELETE /users/me", () => {
  let api: Database;
  let worker: Database;
  let call: (method: string, userId: string, path?: string) => Promise<Response>;
  let write: ReturnType<typeof writers>;
  beforeAll(async () => {
    api = await connectDatabase(serviceUrls.DATABASE_URL);
    worker = await connectDatabase(serviceUrls.DATABASE_URL);
    write = writers(worker);
    const app = createApp(silentLog, [usersRoutes({ database: api, redis })]);
    call = async (method, userId, path = "") =>
      app.request(`/api/v1/users/me${path}`, { method, headers: { "x-user-id": userId } });
  });
  afterAll(() => Promise.all([api.close(), worker.close()]));

  const remove = async (userId: string) => expect((await call("DELETE", userId)).status).toBe(204);
  const writeAll = async (userId: string) => {
    await write.ownership(grant(userId));
    await write.collection(grant(userId));
    await write.result(userId);
  };

  test("leaves no row in any table, and takes nothing from anybody else", async () => {
    const [user, neighbour] = [newUser(), newUser()];
    for (const one of [user, neighbour]) {
      await call("GET", one);
      await sql`insert into users.social_accounts (user_id, provider, provider_user_id)
        values (${one}, 'test', ${one})`;
      await writeAll(one);
    }
    const before = await rowsOf(neighbour);
    expect(Object.keys(before).sort()).toEqual([
      "character.character_ownerships",
      "scan.scans",
      "users.accounts",
      "users.social_accounts",
      "users.user_characters",
    ]);
    await remove(user);
    expect(await rowsOf(user)).toEqual({});
    expect(await rowsOf(neighbour)).toEqual(before);
    const [marks] = await sql`select string_agg(id_hash::text, ' ') as text
      from users.deleted_accounts where id_hash = sha256(${Buffer.from(user)})`;
    expect(marks?.text).toMatch(/^\\x[0-9a-f]{64}$/);
  });

  test("also deletes what there is of a user who never had an account, and may be repeated", async () => {
    const user = newUser();
    await writeAll(user);
    await Promise.all(Array.from({ length: 10 }, () => remove(user)));
    expect(await rowsOf(user)).toEqual({});
    expect((await call("GET", user)).status).toBe(410);
    await remove(user);
    expect(await rowsOf(user)).toEqual({});
  });

  test("forgets in Redis what its scans were about, and who holds a reservation", async () => {
    const user = newUser();
    const one = run(user);
    await createResultStore(worker).saveResult(one, result, 1);
    const id = one.message.job_id;
    const reservation = scanKeys.reservation(user, "char-petty");
    const idempotency = scanKeys.idempotency(user, "k");
    for (const key of [...contentKeys(id), scanKeys.cancel(id), reservation, idempotency]) {
      await redis.set(key, user, "EX", 60);
    }
    await remove(user);
    expect(await redis.exists(...contentKeys(id), reservation)).toBe(0);
    // These two expire: the one names nobody and spares a model call, the other cannot be found.
    expect(await redis.exists(scanKeys.cancel(id), idempotency)).toBe(2);
    await redis.del(scanKeys.cancel(id), idempotency);
  });

  test("what is written for the user afterwards is dropped, and its neighbours in the batch are not", async () => {
    const [user, neighbour] = [newUser(), newUser()];
    await call("GET", user);
    await remove(user);
    const late = [grant(user), grant(neighbour), grant(user, "char-paepy")];
    await Promise.all(late.map(write.ownership));
    await Promise.all(late.map(write.collection));
    const store = createResultStore(worker);
    const runs = [run(user), run(neighbour), run(user, 3)];
    const standing = await Promise.all(runs.map((one) => store.saveResult(one, result, 1)));
    // Whoever ends the scan still announces its end.
    expect(standing).toEqual([result, result, result]);
    expect(await rowsOf(user)).toEqual({});
    expect(await rowsOf(neighbour)).toEqual({
      "character.character_ownerships": 1,
      "scan.scans": 1,
      "users.user_characters": 1,
    });
  });

  test("waits for a write that began before it, and deletes what that wrote", async () => {
    const user = newUser();
    const blocker = await sql.reserve();
    await blocker`begin`;
    await blocker`insert into character.character_ownerships (user_id, character_code, acquired_at)
      values (${user}, 'char-petty', now())`;
    // It has looked for the mark already, and waits for the same row of another.
    const writing = write.ownership(grant(user));
    await until(async () => (await waitingFor("transactionid")) > 0);
    const removing = remove(user);
    await until(async () => (await waitingFor("relation")) > 0);
    await blocker`rollback`;
    blocker.release();
    await Promise.all([writing, removing]);
    expect(await rowsOf(user)).toEqual({});
  });

  test("holds up a write that begins meanwhile until it can see the mark", async () => {
    const user = newUser();
    const holder = await sql.reserve();
    await holder`begin`;
    await holder`lock table users.accounts, character.character_ownerships, users.user_characters,
      scan.scans in share row exclusive mode`;
    const writing = [
      write.ownership(grant(user)),
      write.collection(grant(user)),
      write.result(user),
    ];
    await until(async () => (await waitingFor("relation")) === 3);
    await holder`insert into users.deleted_accounts (id_hash) values (sha256(${Buffer.from(user)}))`;
    await holder`commit`;
    holder.release();
    await Promise.all(writing);
    expect(await rowsOf(user)).toEqual({});
  });

  test("holds while writers and first sights of the user keep coming", async () => {
    for (let round = 0; round < 15; round++) {
      const user = newUser();
      let isOver = false;
      const look = async (path: string) =>
        expect([200, 410]).toContain((await call("GET", user, path)).status);
      const keepWriting = async (act: () => Promise<unknown>) => {
        while (!isOver) await act();
      };
      const busy = [
        keepWriting(() => write.ownership(grant(user))),
        keepWriting(() => write.collection(grant(user))),
        keepWriting(() => write.result(user)),
        keepWriting(() => look("")),
        keepWriting(() => look("/characters")),
      ];
      await until(async () => Object.keys(await rowsOf(user)).length === 4);
      await Promise.all([remove(user), remove(user)]);
      await write.ownership(grant(user));
      isOver = true;
      await Promise.all(busy);
      expect(await rowsOf(user)).toEqual({});
    }
  }, 30_000);

  const waitingFor = async (locktype: string) =>
    (
      await sql`select 1 from pg_locks join pg_database on pg_database.oid = database or database is null
      where not granted and locktype = ${locktype} and datname = current_database()`
    ).length;
});

test("photos and drafts go with their account, and nobody else's", async () => {
  const eco2 = await startHarness();
  try {
    const [user, neighbour] = [eco2.newUser(), eco2.newUser()];
    const photos = [await uploadPhoto(user.api), await uploadPhoto(user.api)];
    const other = await uploadPhoto(neighbour.api);
    const status = async (url: string) => (await fetch(url)).status;
    for (const url of [...photos, other]) expect(await status(url)).toBe(200);
    const me = `${eco2.origin}/api/v1/users/me`;
    const headers = { "x-user-id": user.id };
    expect((await fetch(me, { method: "DELETE", headers })).status).toBe(204);
    for (const url of photos) expect(await status(url)).toBe(404);
    expect([await status(other), await rowsOf(user.id)]).toEqual([200, {}]);
  } finally {
    await eco2.stop();
  }
}, 60_000);

test("conversations go with their account, and an answer under way brings nothing of them back", async () => {
  const eco2 = await startHarness();
  try {
    const user = newUser();
    const chat = createChatReader(eco2.origin, { "x-user-id": user });
    const headers = { "x-user-id": user };
    expect((await fetch(`${eco2.origin}/api/v1/users/me`, { headers })).status).toBe(200);
    const held = holdReply();
    eco2.model.next("answer", held.reply);
    const sent = await chat.send({ message: "투명 페트병 라벨 떼야 하나요?" });
    const isShown = Promise.withResolvers<void>();
    const onEvent = (event: ChatStreamEvent) => {
      if (showsText(event)) isShown.resolve();
    };
    const following = chat.follow(sent.job_id, { onEvent });
    held.say("라벨은 ");
    await isShown.promise;
    const messagesLeft = async () =>
      (await sql`select 1 from chat.messages where chat_id = ${sent.chat_id}`).length;
    const keysLeft = () => redis.exists(...chatContentKeys(sent.job_id));
    expect([await messagesLeft(), (await rowsOf(user))["chat.conversations"]]).toEqual([1, 1]);

    const url = `${eco2.origin}/api/v1/users/me`;
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
    expect([await messagesLeft(), await rowsOf(user)]).toEqual([0, {}]);
    expect((await following).end).not.toBe("done");
    held.say("떼어 주세요.");
    held.end();
    await until(async () => (await keysLeft()) === 0);
    expect([await messagesLeft(), await rowsOf(user)]).toEqual([0, {}]);
    expect(await chat.status(`/api/v1/chat/${sent.job_id}/events`)).toBe(404);
  } finally {
    await eco2.stop();
  }
}, 60_000);

describe("a scan that runs while its user leaves", () => {
  test("ends like any other, shows nothing more, and brings nothing of the user back", async () => {
    const eco2 = await startHarness();
    try {
      const { id, api } = eco2.newUser();
      const me = (method: string) =>
        fetch(`${eco2.origin}/api/v1/users/me`, { method, headers: { "x-user-id": id } });
      const earlier = await scan(api);
      expect(earlier.result).toMatchObject({ reward: { character_code: "char-petty" } });
      expect((await me("GET")).status).toBe(200);
      await until(async () => (await rowsOf(id))["users.user_characters"] === 2);

      eco2.model.next("answer", { ...petAnswer, delayMs: 3_000 });
      eco2.model.next("vision", { content: paper });
      const arrival = eco2.model.arrival("answer");
      const job = await api.submit(await uploadPhoto(api), "종이");
      const events: ScanEvent[] = [];
      const ended = api.follow(job.stream_url, (event) => events.push(event));
      await arrival;
      expect((await me("DELETE")).status).toBe(204);
      expect(await rowsOf(id)).toEqual({});
      await ended;
      expect(events.map(({ stage }) => stage)).not.toContain("done");
      const result = () => api.result(job.result_url);
      await until(async () => (await result()).status === "completed", { timeoutMs: 15_000 });
      // Its photo has gone with the account, and earns nothing.
      expect(await result()).toMatchObject({ status: "completed", reward: null });
      // A later grant of another user has passed both writers: so have the ones before it.
      await scan(eco2.newUser().api);
      const other = eco2.newUser();
      await scan(other.api);
      await until(async () => Object.keys(await rowsOf(other.id)).length === 4);
      expect(await rowsOf(id)).toEqual({});
      expect((await me("GET")).status).toBe(410);
    } finally {
      await eco2.stop();
    }
  }, 60_000);
});

/** Clean paper: the scan that earns 페이피. */
const paper = {
  ...petVision.content,
  classification: {
    major_category: "재활용폐기물",
    middle_category: "종이",
    minor_category: "신문지",
  },
  situation_tags: ["내용물_없음"],
};
