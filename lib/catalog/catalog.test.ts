import { describe, expect, test } from "bun:test";
import type { Character } from "#lib/contract/character.ts";
import { Catalog } from "./catalog.ts";

const character = (code: string, matchLabel: string | null, name = code): Character => ({
  code,
  name,
  matchLabel,
  dialog: "안녕!",
  isDefault: matchLabel === null,
});
const upsert = (code: string, match_label: string | null, name = code) =>
  ({
    action: "upsert",
    character: { code, name, match_label, dialog: "안녕!", is_default: match_label === null },
  }) as const;

async function given(...characters: Character[]): Promise<Catalog> {
  const catalog = new Catalog(async () => characters);
  await catalog.refresh();
  return catalog;
}

describe("the catalogue", () => {
  test("finds a character by its material, and by nothing else", async () => {
    const catalog = await given(character("a", "종이"), character("b", "금속류"));
    expect(catalog.findByLabel("금속류")?.code).toBe("b");
    expect(catalog.findByLabel("유리병")).toBeUndefined();
  });

  test("lists everything in the order of the codes, and finds each by its own", async () => {
    const catalog = await given(character("b", "금속류"), character("a", "종이"));
    await catalog.apply(upsert("ab", null));
    expect(catalog.list().map(({ code }) => code)).toEqual(["a", "ab", "b"]);
    expect([catalog.find("b")?.matchLabel, catalog.find("c")]).toEqual(["금속류", undefined]);
  });

  test("never matches the character everybody has, whatever its label says", async () => {
    const catalog = await given({ ...character("eco", "종이"), isDefault: true });
    expect(catalog.findByLabel("종이")).toBeUndefined();
  });

  test("follows additions, changes and removals", async () => {
    const catalog = await given(character("a", "종이"));
    await catalog.apply(upsert("b", "금속류"));
    expect([catalog.size, catalog.findByLabel("금속류")?.code]).toEqual([2, "b"]);
    await catalog.apply(upsert("b", "유리병", "비니"));
    expect(catalog.findByLabel("금속류")).toBeUndefined();
    expect(catalog.findByLabel("유리병")?.name).toBe("비니");
    await catalog.apply({ action: "delete", code: "a" });
    expect([catalog.size, catalog.findByLabel("종이")]).toEqual([1, undefined]);
  });

  test("a full refresh reads everything anew, and forgets what is no longer there", async () => {
    let stored = [character("a", "종이")];
    const catalog = new Catalog(async () => stored);
    await catalog.refresh();
    stored = [character("b", "금속류")];
    await catalog.apply({ action: "full_refresh" });
    expect([catalog.findByLabel("종이"), catalog.findByLabel("금속류")?.code]).toEqual([
      undefined,
      "b",
    ]);
  });

  test("a change that comes while everything is read is not overwritten by what was read", async () => {
    const read = Promise.withResolvers<Character[]>();
    const catalog = new Catalog(() => read.promise);
    const refreshed = catalog.refresh();
    const changed = [
      catalog.apply(upsert("a", "종이", "새 이름")),
      catalog.apply({ action: "delete", code: "b" }),
    ];
    read.resolve([character("a", "종이", "옛 이름"), character("b", "금속류")]);
    await Promise.all([refreshed, ...changed]);
    expect([catalog.findByLabel("종이")?.name, catalog.size]).toEqual(["새 이름", 1]);
  });

  test("keeps what it knows when it cannot be read, says so, and goes on", async () => {
    let isAway = false;
    const catalog = new Catalog(async () => {
      if (isAway) throw new Error("away");
      return [character("a", "종이")];
    });
    await catalog.refresh();
    isAway = true;
    await expect(catalog.refresh()).rejects.toThrow("away");
    expect(catalog.findByLabel("종이")?.code).toBe("a");
    await catalog.apply(upsert("b", "금속류"));
    expect(catalog.size).toBe(2);
  });
});
