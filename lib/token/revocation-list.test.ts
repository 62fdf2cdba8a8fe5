import { describe, expect, test } from "bun:test";
import { revocationKeys } from "#lib/contract/revocation.ts";
import { RevocationList } from "./revocation-list.ts";

const claims = { sub: "u", sid: "session", jti: "token" };
const minute = 60_000;

describe("a revocation list", () => {
  test.each([
    ["token", revocationKeys.token("token")],
    ["session", revocationKeys.session("session")],
    ["user", revocationKeys.user("u")],
  ])("has the claims of a revoked %s, and no others", (_, key) => {
    const list = new RevocationList();
    expect(list.has(claims)).toBe(false);
    list.add({ key, expires_at: 1 });
    expect(list.has(claims)).toBe(true);
    expect(list.has({ sub: "token", sid: "u", jti: "session" })).toBe(false);
  });

  test("knows a session by itself or by its user, and counts those that are new", () => {
    const list = new RevocationList();
    list.add({ key: "jti:token", expires_at: 1 });
    expect([list.hasSession("session", "u"), list.version]).toEqual([false, 0]);
    for (let i = 0; i < 3; i++) list.add({ key: "sid:session", expires_at: i });
    expect([list.hasSession("session", "u"), list.version]).toEqual([true, 1]);
    expect([list.hasSession("other", "u"), list.hasSession(undefined, "u")]).toEqual([
      false,
      false,
    ]);
    list.add({ key: "sub:u", expires_at: 1 });
    expect([list.hasSession("other", "u"), list.hasSession(undefined, "u")]).toEqual([true, true]);
    expect(list.version).toBe(2);
  });

  test("drops expired entries, a bounded number at a time", () => {
    const list = new RevocationList();
    for (let i = 0; i < 100; i++) list.add({ key: `jti:${i}`, expires_at: i });
    list.sweep(100, 30);
    expect(list.size).toBe(70);
    // An entry may be added between two sweeps.
    list.add({ key: "sid:later", expires_at: 1_000 });
    for (let round = 0; round < 4; round++) list.sweep(100, 30);
    expect(list.size).toBe(1);
    list.sweep(999);
    expect(list.has({ ...claims, sid: "later" })).toBe(true);
    list.sweep(1_000);
    expect(list.size).toBe(0);
  });

  test("with a revocation added twice, in either order, keeps the later expiry", () => {
    for (const expiries of [
      [5, 10],
      [10, 5],
    ]) {
      const list = new RevocationList();
      for (const expires_at of expiries) list.add({ key: "sub:u", expires_at });
      list.sweep(9);
      expect(list.has(claims)).toBe(true);
    }
  });
});

describe("it is current", () => {
  test("not before anything was read", () => {
    expect(new RevocationList().isCurrent(Date.now())).toBe(false);
  });

  test("for a minute after a read, and for as long as it is followed", () => {
    const list = new RevocationList();
    list.readAsOf(1_000);
    expect(list.isCurrent(1_000 + minute)).toBe(true);
    expect(list.isCurrent(1_001 + minute)).toBe(false);
    list.isFollowed = true;
    expect(list.isCurrent(1e12)).toBe(true);
    list.isFollowed = false;
    expect(list.isCurrent(1_001 + minute)).toBe(false);
  });

  test("not by a read in the future: the clock was set back", () => {
    const list = new RevocationList();
    list.readAsOf(1_000);
    expect(list.isCurrent(999)).toBe(false);
  });
});
