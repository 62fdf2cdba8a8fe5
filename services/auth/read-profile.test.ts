import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { readProfile } from "./read-profile.ts";

const google = (more: object) => readProfile("google", { sub: "10", ...more });
const kakao = (account: unknown, id: unknown = 10) =>
  readProfile("kakao", { id, kakao_account: account });
const naver = (more: object, resultcode = "00") =>
  readProfile("naver", { resultcode, message: "success", response: { id: "x", ...more } });

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Fault && error.code === "PROVIDER_REFUSED") return String(error.cause);
    throw error;
  }
  throw new Error("was read");
}

describe("an e-mail address", () => {
  const email = "kim@example.com";

  test("of Google is taken when it is verified", () => {
    expect(google({ email, email_verified: true }).email).toBe(email);
    for (const email_verified of [false, undefined, null, "true", 1]) {
      expect(google({ email, email_verified }).email).toBeNull();
    }
  });

  test("of Kakao is taken when it is both valid and verified", () => {
    const read = (is_email_valid?: unknown, is_email_verified?: unknown) =>
      kakao({ email, is_email_valid, is_email_verified }).email;
    expect(read(true, true)).toBe(email);
    for (const not of [false, undefined, "true"]) {
      expect([read(not, true), read(true, not)]).toEqual([null, null]);
    }
  });

  test("of Naver is never taken: the profile does not say whether it is verified", () => {
    expect(naver({ email }).email).toBeNull();
  });

  test.each([
    ...["", "kim", "kim@", "@example.com", "a b@example.com", "a@b@c", "a\n@example.com"],
    ...["a\u202e@example.com", `${"a".repeat(250)}@b.kr`, 1, null, {}],
  ])("that is invalid is left out: %j", (address) => {
    expect(google({ email: address, email_verified: true }).email).toBeNull();
  });
});

describe("a nickname", () => {
  const family = "👨‍👩‍👧‍👦";

  test.each<[string, unknown, string | null]>([
    ["as it is", "김페티", "김페티"],
    ["composed and trimmed", ` ${"페티".normalize("NFD")} `, "페티"],
    ["on one line", "a\r\nb\u2028c", "a b c"],
    ["without what cannot be seen", "a\u202eb\u200b\ud800c", "abc"],
    ["with its emoji whole", `${family} 집`, `${family} 집`],
    ["without joiners that join nothing", "\u200da\u200d\u200db\u200d", "a\u200db"],
    ["cut to 30", "가".repeat(31), "가".repeat(30)],
    ["cut before half an emoji", `${"a".repeat(25)}${family}`, "a".repeat(25)],
    ["cut without a space at its end", `${"a".repeat(29)} b`, "a".repeat(29)],
    ["cut when it is composed, not before", "가".repeat(30).normalize("NFD"), "가".repeat(30)],
    ["of its first 1,000, whatever follows", `a${"\u200d".repeat(300_000)}b`, "a"],
    ["left out when empty", " \u200b\n", null],
    ["left out when one character is too long", `a${"\u0301".repeat(100)}`, null],
    ["left out when no text", 1, null],
    ["left out when missing", undefined, null],
  ])("is read %s", (_, name, read) => {
    expect(google({ name }).nickname).toBe(read);
    expect(kakao({ profile: { nickname: name } }).nickname).toBe(read);
    expect(naver({ nickname: name }).nickname).toBe(read);
  });
});

describe("an id", () => {
  test("of Kakao is a number, kept as text", () => {
    expect(kakao(undefined, 4_294_967_296).id).toBe("4294967296");
    expect(kakao(undefined, Number.MAX_SAFE_INTEGER).id).toBe("9007199254740991");
  });

  test("of Kakao beyond 2^53 is refused: two users would share it", () => {
    const { id } = JSON.parse('{"id":9007199254740993}');
    expect(refusal(() => kakao(undefined, id))).toContain("wrong at id");
    for (const no of [0, -1, 1.5, "10", Number.NaN, null, undefined]) {
      expect(refusal(() => kakao(undefined, no === undefined ? {} : no))).toContain("wrong at id");
    }
  });

  test.each(["", undefined, 10, null, "x".repeat(256)])("is refused when it is %j", (no) => {
    expect(refusal(() => google({ sub: no }))).toContain("wrong at sub");
    expect(refusal(() => naver({ id: no }))).toContain("wrong at response.id");
  });
});

test("fields that the user did not consent to are no reason to refuse", () => {
  const empty = { email: null, nickname: null };
  expect(google({})).toEqual({ id: "10", ...empty });
  for (const account of [undefined, null, {}, { profile: null }, "none"]) {
    expect(kakao(account)).toEqual({ id: "10", ...empty });
  }
  expect(naver({})).toEqual({ id: "x", ...empty });
});

test("a response of another shape is refused, and the fault repeats none of it", () => {
  const held = "hunter2hunter2";
  for (const response of [
    held,
    null,
    [held],
    { [held]: held },
    { resultcode: held, response: {} },
  ]) {
    for (const kind of ["google", "kakao", "naver"] as const) {
      const cause = refusal(() => readProfile(kind, response));
      expect(cause).toContain("profile is wrong at");
      expect(cause).not.toContain(held);
    }
  }
  expect(refusal(() => naver({}, "024"))).toContain("wrong at resultcode");
});
