import { describe, expect, test } from "bun:test";
import { revocationKeys } from "#lib/contract/revocation.ts";
import { Blacklist } from "./blacklist.ts";

const claims = { sub: "u", sid: "session", jti: "token" };
const minute = 60_000;

describe("a blacklist", () => {
  test.each([
    ["token", revocationKeys.token("token")],
    ["session", revocationKeys.session("session")],
    ["user", revocationKeys.user("u")],
  ])("refuses by the %s, and nobody else", (_, key) => {
    const blacklist = new Blacklist();
    expect(blacklist.has(claims)).toBe(false);
    blacklist.add({ key, expires_at: 1 });
    expect(blacklist.has(claims)).toBe(true);
    expect(blacklist.has({ sub: "token", sid: "u", jti: "session" })).toBe(false);
  });

  test("forgets what has ended, a bounded number of looks at a time", () => {
    const blacklist = new Blacklist();
    for (let i = 0; i < 100; i++) blacklist.add({ key: `jti:${i}`, expires_at: i });
    blacklist.sweep(100, 30);
    expect(blacklist.size).toBe(70);
    // What comes meanwhile is not in its way.
    blacklist.add({ key: "sid:later", expires_at: 1_000 });
    for (let round = 0; round < 4; round++) blacklist.sweep(100, 30);
    expect(blacklist.size).toBe(1);
    blacklist.sweep(999);
    expect(blacklist.has({ ...claims, sid: "later" })).toBe(true);
    blacklist.sweep(1_000);
    expect(blacklist.size).toBe(0);
  });

  test("told twice, in whichever order, ends at the later end", () => {
    for (const ends of [
      [5, 10],
      [10, 5],
    ]) {
      const blacklist = new Blacklist();
      for (const expires_at of ends) blacklist.add({ key: "sub:u", expires_at });
      blacklist.sweep(9);
      expect(blacklist.has(claims)).toBe(true);
    }
  });
});

describe("it is current", () => {
  test("not before anything was read", () => {
    expect(new Blacklist().isCurrent(Date.now())).toBe(false);
  });

  test("for a minute after a read, and for as long as it is followed", () => {
    const blacklist = new Blacklist();
    blacklist.readAsOf(1_000);
    expect(blacklist.isCurrent(1_000 + minute)).toBe(true);
    expect(blacklist.isCurrent(1_001 + minute)).toBe(false);
    blacklist.isFollowed = true;
    expect(blacklist.isCurrent(1e12)).toBe(true);
    blacklist.isFollowed = false;
    expect(blacklist.isCurrent(1_001 + minute)).toBe(false);
  });

  test("not by a read of the future: the clock was set back, by who knows how much", () => {
    const blacklist = new Blacklist();
    blacklist.readAsOf(1_000);
    expect(blacklist.isCurrent(999)).toBe(false);
  });
});
