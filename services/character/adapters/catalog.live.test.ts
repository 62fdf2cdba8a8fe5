import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq, inArray, like } from "drizzle-orm";
import { Catalog } from "#lib/catalog/catalog.ts";
import { followCatalog } from "#lib/catalog/follow-catalog.ts";
import { createCatalogLoader } from "#lib/catalog/load-catalog.ts";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import {
  characterOwnerships,
  characters,
  editedCharacters,
  userCharacters,
} from "#lib/db/schema.ts";
import { createApp } from "#lib/http/create-app.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { CATALOG_EXCHANGE } from "#lib/queue/topology.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { createCharacterRoutes } from "./http.ts";
import { createCatalogStore } from "./postgres.ts";

let database: Database;
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
}, 30_000);
afterAll(async () => {
  for (const table of [characters, editedCharacters]) {
    await database.call((db) => db.delete(table).where(like(table.code, "test-%")));
  }
  await database.close();
});

const newCharacter = () => {
  const id = crypto.randomUUID().slice(0, 13);
  return { code: `test-${id}`, name: `시험 ${id}`, dialog: "안녕!" };
};

interface Process {
  readonly catalog: Catalog;
  readonly proxy: TcpProxy;
  send(method: string, path: string, body?: unknown): Promise<Response>;
  stop(): Promise<void>;
}

/** A process that serves the catalogue, with a connection to the broker that can be cut. */
async function startProcess(rereadEveryMs?: number): Promise<Process> {
  const proxy = startTcpProxy(serviceUrls.AMQP_URL);
  const broker: Broker = await connectBroker(proxy.url, silentLog);
  const publisher = await createPublisher(broker);
  const catalog = new Catalog(createCatalogLoader(database));
  const reread = rereadEveryMs === undefined ? {} : { rereadEveryMs };
  const stopRereading = await followCatalog(broker, catalog, silentLog, reread);
  const routes = createCharacterRoutes({
    catalog,
    drawingOf: () => ({ svg: "", isOwn: false }),
    admins: new Set(["admin"]),
    store: createCatalogStore(database),
    apply: (change) => catalog.apply(change),
    broadcast: (change) => publisher.broadcast(CATALOG_EXCHANGE, change),
    onBroadcastFailed: () => undefined,
  });
  const app = createApp(silentLog, [routes]);
  return {
    catalog,
    proxy,
    send: async (method, path, body) =>
      app.request(`/api/v1/character/catalog${path}`, {
        method,
        headers: { "x-user-id": "admin", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    stop: async () => {
      stopRereading();
      await broker.close();
      proxy.stop();
    },
  };
}

describe("two processes", () => {
  let one: Process;
  let two: Process;
  beforeEach(async () => {
    one = await startProcess();
    two = await startProcess(50);
  });
  afterEach(async () => {
    await one.stop();
    await two.stop();
  });

  test("know the same catalogue after every change, made at either", async () => {
    // Without rereading: it knows what was published, and nothing else.
    await two.stop();
    two = await startProcess();
    const { code, ...fields } = newCharacter();
    expect((await one.send("POST", "", { code, ...fields })).status).toBe(201);
    await until(() => two.catalog.find(code)?.name === fields.name);
    await two.send("PATCH", `/${code}`, { dialog: "또 만났네!" });
    await until(() => one.catalog.find(code)?.dialog === "또 만났네!");
    expect((await one.send("DELETE", `/${code}`)).status).toBe(204);
    await until(() => two.catalog.find(code) === undefined);
    expect(two.catalog.list()).toEqual(one.catalog.list());
  });

  test("converge while the broker is away: the change is made, answered, and read again", async () => {
    const kept = newCharacter();
    const dropped = newCharacter();
    await one.send("POST", "", dropped);
    await until(() => two.catalog.find(dropped.code));
    for (const { proxy } of [one, two]) {
      proxy.refuse();
      proxy.reset();
    }
    expect((await one.send("POST", "", kept)).status).toBe(201);
    expect((await one.send("DELETE", `/${dropped.code}`)).status).toBe(204);
    expect(one.catalog.find(kept.code)?.name).toBe(kept.name);
    await until(() => two.catalog.find(kept.code)?.name === kept.name);
    await until(() => two.catalog.find(dropped.code) === undefined);
    expect(two.catalog.list()).toEqual(one.catalog.list());
  });

  test("converge when many change one character at once, at both", async () => {
    await one.stop();
    one = await startProcess(50);
    const { code, ...fields } = newCharacter();
    await one.send("POST", "", { code, ...fields });
    const changes = Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? one : two).send("PATCH", `/${code}`, { dialog: `${i}번째` }),
    );
    for (const response of await Promise.all(changes)) expect(response.status).toBe(200);
    const [row] = await database.call((db) =>
      db.select().from(characters).where(eq(characters.code, code)),
    );
    // Notices may overtake each other; what is read again is what is stored.
    const isTrue = ({ catalog }: Process) => catalog.find(code)?.dialog === row?.dialog;
    await until(() => isTrue(one) && isTrue(two));
  });
});

describe("the catalogue's rules hold in the database", () => {
  const store = () => createCatalogStore(database);
  const plain = () => ({ ...newCharacter(), matchLabel: null, isDefault: false });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "fine",
      (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
    );

  test("no two with one code, one name, one material, and no second default", async () => {
    const first = plain();
    await store().add(first);
    const refused = [
      [{ ...plain(), code: first.code }, "CHARACTER_EXISTS"],
      [{ ...plain(), name: first.name }, "CHARACTER_NAME_TAKEN"],
      [{ ...plain(), matchLabel: "종이" }, "MATCH_LABEL_TAKEN"],
      [{ ...plain(), isDefault: true }, "DEFAULT_CHARACTER_FIXED"],
    ] as const;
    for (const [character, code] of refused) {
      expect(await codeOf(store().add(character))).toBe(code);
    }
    const change = (patch: object) =>
      codeOf(store().change(first.code, (current) => ({ ...current, ...patch })));
    expect(await change({ name: "이코" })).toBe("CHARACTER_NAME_TAKEN");
    expect(await change({ matchLabel: "종이" })).toBe("MATCH_LABEL_TAKEN");
    expect(await change({ isDefault: true })).toBe("DEFAULT_CHARACTER_FIXED");
    expect(await codeOf(store().remove("char-eco"))).toBe("DEFAULT_CHARACTER_FIXED");
    expect(await codeOf(store().remove("test-nobody"))).toBe("CHARACTER_NOT_FOUND");
    expect(await codeOf(store().change("test-nobody", (current) => current))).toBe(
      "CHARACTER_NOT_FOUND",
    );
  });

  test("of many who add the same at once one does", async () => {
    const same = plain();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(store().add({ ...same }))),
    );
    expect(outcomes.filter((outcome) => outcome === "fine")).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(["fine", "CHARACTER_EXISTS"]));
  });

  test("who changes different parts at once loses none", async () => {
    const { code, ...rest } = plain();
    await store().add({ code, ...rest });
    await Promise.all([
      store().change(code, (current) => ({ ...current, name: `새 ${rest.name}`.slice(0, 30) })),
      store().change(code, (current) => ({ ...current, dialog: "새 말" })),
    ]);
    const [row] = await database.call((db) =>
      db.select().from(characters).where(eq(characters.code, code)),
    );
    expect(row).toMatchObject({ name: `새 ${rest.name}`, dialog: "새 말" });
  });

  test.each([
    ["owned", characterOwnerships, {}],
    ["in a collection", userCharacters, { characterName: "시험" }],
  ] as const)("what is %s cannot be deleted", async (_, table, more) => {
    const { code, ...rest } = plain();
    await store().add({ code, ...rest });
    const userId = `user-${crypto.randomUUID()}`;
    const row = { userId, characterCode: code, acquiredAt: new Date(), ...more };
    await database.call((db) => db.insert(table).values({ characterName: "", ...row }));
    expect(await codeOf(store().remove(code))).toBe("CHARACTER_OWNED");
    await database.call((db) => db.delete(table).where(eq(table.userId, userId)));
    expect(await codeOf(store().remove(code))).toBe("fine");
  });
});

test("what an administrator changed or deleted is not undone by the next migration", async () => {
  const [changed = "", removed = ""] = ["char-lighty", "char-cotton"];
  const store = createCatalogStore(database);
  const shipped = (code: string) =>
    database.call((db) => db.select().from(characters).where(eq(characters.code, code)));
  try {
    await store.change(changed, (current) => ({ ...current, dialog: "반짝!" }));
    await store.remove(removed);
    // Another character has taken over the material of one that would come back.
    const heir = { ...newCharacter(), matchLabel: "의류및원단", isDefault: false };
    await store.add(heir);
    await migrate(serviceUrls.DATABASE_URL);
    expect((await shipped(changed))[0]?.dialog).toBe("반짝!");
    expect(await shipped(removed)).toEqual([]);
    // Also not when nobody has touched it: a deployment must not fail at a name.
    await database.call((db) =>
      db.delete(editedCharacters).where(eq(editedCharacters.code, removed)),
    );
    await migrate(serviceUrls.DATABASE_URL);
    expect(await shipped(removed)).toEqual([]);
    await store.remove(heir.code);
  } finally {
    await database.call((db) =>
      db.delete(editedCharacters).where(inArray(editedCharacters.code, [changed, removed])),
    );
    await migrate(serviceUrls.DATABASE_URL);
  }
  for (const code of [changed, removed]) {
    const [row] = await shipped(code);
    expect(row).toMatchObject({ ...CHARACTERS.find((one) => one.code === code) });
  }
});
