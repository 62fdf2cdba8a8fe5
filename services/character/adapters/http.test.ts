import { describe, expect, test } from "bun:test";
import { Catalog } from "#lib/catalog/catalog.ts";
import type { Character } from "#lib/contract/character.ts";
import type { CatalogChange } from "#lib/contract/character-message.ts";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { Fault } from "#lib/error/fault.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import { readDrawings } from "./drawings.ts";
import { type CharacterRoutesDeps, createCharacterRoutes } from "./http.ts";

const drawingOf = await readDrawings();
const added = { code: "char-new", name: "새나", match_label: null, dialog: "안녕!" };

/** The routes over the shipped catalogue, and what was stored and published. */
async function given(overrides: Partial<CharacterRoutesDeps> = {}) {
  const catalog = new Catalog(async () => CHARACTERS);
  await catalog.refresh();
  const stored: Character[] = [];
  const published: CatalogChange[] = [];
  const failures: unknown[] = [];
  const deps: CharacterRoutesDeps = {
    catalog,
    drawingOf,
    admins: new Set(["admin"]),
    store: {
      add: async (character) => void stored.push(character),
      change: async (code, change) => {
        const current = catalog.find(code);
        if (!current) throw new Fault("CHARACTER_NOT_FOUND");
        const next = change(current);
        stored.push(next);
        return next;
      },
      remove: async () => undefined,
    },
    apply: (change) => catalog.apply(change),
    broadcast: async (change) => void published.push(change),
    onBroadcastFailed: (error) => failures.push(error),
    ...overrides,
  };
  const app = createApp(
    createLogger("test", "error", () => undefined),
    [createCharacterRoutes(deps)],
  );
  const get = (path: string, headers: HeadersInit = {}) =>
    app.request(`/api/v1/character/${path}`, { headers });
  const send = (method: string, path: string, body?: unknown, user: string | null = "admin") =>
    app.request(`/api/v1/character/catalog${path}`, {
      method,
      headers: { "content-type": "application/json", ...(user ? { "x-user-id": user } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { get, send, stored, published, failures };
}

async function problemOf(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return [response.status, (await response.json()).code];
}

describe("GET /character/catalog", () => {
  test("shows everybody every character, by code, each with a drawing", async () => {
    const { get } = await given();
    const response = await get("catalog");
    const { characters } = await response.json();
    expect(characters).toHaveLength(CHARACTERS.length);
    expect(characters.map(({ code }: Character) => code)).toEqual(
      CHARACTERS.map(({ code }) => code).sort(),
    );
    expect(characters).toContainEqual({
      code: "char-petty",
      name: "페티",
      match_label: "무색페트병",
      dialog: expect.stringContaining("라벨은 떼고"),
      is_default: false,
      image_url: "/api/v1/character/images/char-petty.svg",
    });
  });

  test("costs a client that has it nothing, until something changes", async () => {
    const { get, send } = await given();
    const first = await get("catalog");
    expect(first.headers.get("cache-control")).toBe("public, max-age=60");
    const etag = first.headers.get("etag") ?? "";
    const again = await get("catalog", { "if-none-match": etag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("cache-control")).toBe("public, max-age=60");
    await send("POST", "", added);
    expect((await get("catalog", { "if-none-match": etag })).status).toBe(200);
  });
});

describe("changing the catalogue", () => {
  const calls = [
    ["POST", "", added],
    ["PATCH", "/char-petty", { name: "페티" }],
    ["DELETE", "/char-petty", undefined],
    // Nobody who may not change it learns what would be wrong with a change.
    ["POST", "", { code: "!" }],
    ["DELETE", "/UPPER", undefined],
  ] as const;

  test.each(calls)("%s %s %j is for administrators", async (method, path, body) => {
    const { send, stored, published } = await given();
    const as = async (user: string | null) => problemOf(await send(method, path, body, user));
    expect(await as(null)).toEqual([401, "UNAUTHENTICATED"]);
    expect(await as("user")).toEqual([403, "FORBIDDEN"]);
    expect([stored, published]).toEqual([[], []]);
  });

  test("is denied to everybody where no administrator is named", async () => {
    const { send } = await given({ admins: new Set() });
    for (const user of ["admin", "undefined", "null", "0"]) {
      expect(await problemOf(await send("POST", "", added, user))).toEqual([403, "FORBIDDEN"]);
    }
  });

  test("adds, is seen at once by whoever did it, and is published to every process", async () => {
    const { send, get, published } = await given();
    const response = await send("POST", "", added);
    const entry = {
      ...added,
      is_default: false,
      image_url: "/api/v1/character/images/char-new.svg",
    };
    expect([response.status, await response.json()]).toEqual([201, entry]);
    expect((await (await get("catalog")).json()).characters).toContainEqual(entry);
    expect(published).toEqual([{ action: "upsert", character: { ...added, is_default: false } }]);
  });

  test("changes what is given and leaves the rest; null takes the material away", async () => {
    const { send, published } = await given();
    const renamed = await (await send("PATCH", "/char-petty", { name: " 페티 2 " })).json();
    expect(renamed).toMatchObject({ name: "페티 2", match_label: "무색페트병" });
    const untouched = { name: null, dialog: null, is_default: null };
    expect(await (await send("PATCH", "/char-petty", untouched)).json()).toEqual(renamed);
    const retired = await (await send("PATCH", "/char-petty", { match_label: null })).json();
    expect(retired).toMatchObject({ name: "페티 2", match_label: null });
    expect(published.map(({ action }) => action)).toEqual(["upsert", "upsert", "upsert"]);
  });

  test("deletes, here and everywhere", async () => {
    const { send, get, published } = await given();
    expect((await send("DELETE", "/char-petty")).status).toBe(204);
    expect(published).toEqual([{ action: "delete", code: "char-petty" }]);
    expect(await (await get("catalog")).text()).not.toContain("char-petty");
  });

  test("that was made and could not be published is a change all the same", async () => {
    const away = new Fault("UNAVAILABLE");
    const { send, get, failures } = await given({ broadcast: () => Promise.reject(away) });
    expect((await send("POST", "", added)).status).toBe(201);
    expect(await (await get("catalog")).text()).toContain("char-new");
    expect(failures).toEqual([away]);
  });

  test("that was not made is not published", async () => {
    const add = () => Promise.reject(new Fault("CHARACTER_EXISTS"));
    const base = await given();
    const { send, published } = await given({ store: { add, change: add, remove: add } });
    expect(await problemOf(await send("POST", "", added))).toEqual([409, "CHARACTER_EXISTS"]);
    expect(await problemOf(await send("DELETE", "/char-petty"))).toEqual([409, "CHARACTER_EXISTS"]);
    expect([published, base.published]).toEqual([[], []]);
  });

  test.each([
    ["PATCH", "/char-eco", { is_default: false }],
    ["PATCH", "/char-eco", { match_label: "종이" }],
    ["PATCH", "/char-paepy", { is_default: true }],
    ["POST", "", { ...added, is_default: true, match_label: "종이" }],
  ] as const)("%s %s %j would break the default", async (method, path, body) => {
    const { send, stored, published } = await given();
    expect(await problemOf(await send(method, path, body))).toEqual([
      409,
      "DEFAULT_CHARACTER_FIXED",
    ]);
    expect([stored, published]).toEqual([[], []]);
  });

  test.each([
    [{ ...added, code: "" }],
    [{ ...added, code: "Char" }],
    [{ ...added, code: "a/../b" }],
    [{ ...added, code: "a".repeat(65) }],
    [{ ...added, name: "" }],
    [{ ...added, name: "a".repeat(31) }],
    [{ ...added, name: "a\u0000" }],
    [{ ...added, dialog: "a".repeat(301) }],
    [{ ...added, dialog: undefined }],
    // No scan finds it, so nobody would ever earn it.
    [{ ...added, match_label: "돌" }],
    [{ ...added, is_default: "yes" }],
    [null],
  ])("%j is refused", async (body) => {
    const { send, stored } = await given();
    expect(await problemOf(await send("POST", "", body))).toEqual([400, "VALIDATION_FAILED"]);
    expect(stored).toEqual([]);
  });

  test("of a character that is not there is 404", async () => {
    const { send } = await given();
    const response = await send("PATCH", "/char-nobody", { name: "누구" });
    expect(await problemOf(response)).toEqual([404, "CHARACTER_NOT_FOUND"]);
  });
});

describe("GET /character/images/{code}.svg", () => {
  test("is an image and nothing more, kept for long and shown anywhere", async () => {
    const { get } = await given();
    const response = await get("images/char-eco.svg");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/svg+xml; charset=utf-8",
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": "public, max-age=2592000",
      etag: expect.any(String),
    });
    expect(await response.text()).toStartWith("<svg ");
    const etag = response.headers.get("etag") ?? "";
    expect((await get("images/char-eco.svg", { "if-none-match": etag })).status).toBe(304);
  });

  test("of a character without its own is the neutral one, for an hour", async () => {
    const { get, send } = await given();
    await send("POST", "", added);
    const response = await get("images/char-new.svg");
    expect(response.headers.get("cache-control")).toBe("public, max-age=3600");
    expect(await response.text()).toBe(await (await get("images/neutral.svg")).text());
  });

  test.each([
    "char-nobody.svg",
    "char-eco",
    "char-eco.png",
    "..%2fconfig.ts",
    "..%2f..%2f..%2fpackage.json.svg",
    "%00.svg",
    `${"a".repeat(200)}.svg`,
  ])("%s is not there", async (file) => {
    const { get } = await given();
    expect(await problemOf(await get(`images/${file}`))).toEqual([404, "CHARACTER_NOT_FOUND"]);
  });
});

describe("the drawings", () => {
  const drawings = [...CHARACTERS.map(({ code }) => code), "neutral"];

  test.each(drawings)("%s has its own, small and without anything that acts or loads", (code) => {
    const { svg, isOwn } = drawingOf(code);
    expect(isOwn).toBe(true);
    expect(Buffer.byteLength(svg)).toBeLessThan(3_000);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 128 128"/);
    expect(svg).toMatch(/<title>[가-힣]+<\/title>/);
    expect(svg).not.toMatch(/<(script|style|image|use|foreignObject|a|animate)\b/i);
    expect(svg).not.toMatch(/\s(on\w+|href|xlink:href|style)=|url\(|&|<!/i);
  });

  test("no two are alike", () => {
    expect(new Set(drawings.map((code) => drawingOf(code).svg)).size).toBe(drawings.length);
  });
});
