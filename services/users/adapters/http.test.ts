import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import type { Account } from "../account.ts";
import type { OwnedCharacter } from "../collection.ts";
import { createUsersRoutes, type UsersRoutesDeps } from "./http.ts";

const eco: OwnedCharacter = {
  code: "char-eco",
  name: "이코",
  dialog: "만나서 반가워!",
  matchLabel: null,
  acquiredAt: new Date("2026-01-02T03:04:05Z"),
};

/** The routes over accounts in memory, and what was asked of them. */
function given(overrides: Partial<UsersRoutesDeps> = {}) {
  const accounts = new Map<string, Account>();
  const asked: string[] = [];
  const deleted = new Set<string>();
  const deps: UsersRoutesDeps = {
    account: async (id) => {
      asked.push("account");
      return accounts.get(id);
    },
    changeAccount: async (id, patch) => {
      const account = accounts.get(id);
      if (!account) return undefined;
      const changed = { ...account, ...(patch.nickname === undefined ? {} : patch) };
      accounts.set(id, { ...account, nickname: changed.nickname ?? null });
      return accounts.get(id);
    },
    createAccount: async (id) => {
      asked.push("create");
      if (deleted.has(id) || accounts.has(id)) return;
      accounts.set(id, { id, nickname: null, email: null, created_at: "2026-01-02T03:04:05.000Z" });
    },
    collection: async (id) => (accounts.has(id) ? [eco] : undefined),
    ownership: async (id, name) => {
      asked.push(name);
      if (name !== "이코") throw new Fault("CHARACTER_NOT_FOUND");
      return accounts.has(id) ? { acquiredAt: eco.acquiredAt } : undefined;
    },
    removePhotos: async () => undefined,
    isDeleted: async (id) => deleted.has(id),
    someScans: async () => [],
    forgetJobs: async () => undefined,
    removeScans: async () => undefined,
    someChatJobs: async () => [],
    forgetChatJobs: async () => undefined,
    removeChatMessages: async () => undefined,
    removeDeliveries: async () => undefined,
    forgetReservations: async () => undefined,
    erase: async (id) => {
      accounts.delete(id);
      deleted.add(id);
    },
    ...overrides,
  };
  const app = createApp(
    createLogger("test", "error", () => undefined),
    [createUsersRoutes(deps)],
  );
  const call = (method: string, path: string, body?: unknown) =>
    app.request(`/api/v1/users/${path}`, {
      method,
      headers: { "x-user-id": "u", "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { app, asked, call };
}

async function problemOf(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return [response.status, (await response.json()).code];
}

describe("GET /users/me", () => {
  test("answers with the account, which the first call makes and later ones only read", async () => {
    const { call, asked } = given();
    const account = {
      id: "u",
      nickname: null,
      email: null,
      created_at: "2026-01-02T03:04:05.000Z",
    };
    const first = await call("GET", "me");
    expect([first.status, await first.json()]).toEqual([200, account]);
    expect(await (await call("GET", "me")).json()).toEqual(account);
    expect(asked).toEqual(["account", "create", "account", "account"]);
  });

  test.each(["me", "me/characters", "me/characters/이코/ownership"])(
    "%s is for users who are known",
    async (path) => {
      const response = await given().app.request(`/api/v1/users/${path}`);
      expect(await problemOf(response)).toEqual([401, "UNAUTHENTICATED"]);
    },
  );
});

describe("PATCH /users/me", () => {
  test("sets the nickname, trimmed; null clears it, and what is left out stays", async () => {
    const { call } = given();
    const after = async (body: unknown) =>
      (await (await call("PATCH", "me", body)).json()).nickname;
    expect(await after({ nickname: "  분리배출왕 👑 " })).toBe("분리배출왕 👑");
    expect(await after({})).toBe("분리배출왕 👑");
    expect(await after({ nickname: null })).toBeNull();
  });

  test.each([
    [{ nickname: "" }, "NICKNAME_INVALID"],
    [{ nickname: " \t " }, "NICKNAME_INVALID"],
    [{ nickname: "a".repeat(31) }, "NICKNAME_INVALID"],
    [{ nickname: "a\nb" }, "NICKNAME_INVALID"],
    [{ nickname: 7 }, "NICKNAME_INVALID"],
    ["text", "VALIDATION_FAILED"],
    [null, "VALIDATION_FAILED"],
  ])("%j is refused as %s", async (body, code) => {
    expect(await problemOf(await given().call("PATCH", "me", body))).toEqual([400, code]);
  });

  test("reads no more than a name's worth", async () => {
    const response = await given().call("PATCH", "me", { nickname: "a".repeat(5_000) });
    expect(await problemOf(response)).toEqual([413, "BODY_TOO_LARGE"]);
  });

  test("changes nothing but the nickname", async () => {
    const { call } = given();
    await call("PATCH", "me", { id: "other", email: "a@b.c", created_at: "1970-01-01" });
    expect(await (await call("GET", "me")).json()).toMatchObject({ id: "u", email: null });
  });
});

describe("DELETE /users/me", () => {
  test("answers 204 as often as it is asked, and the account never comes back", async () => {
    const { call } = given();
    await call("GET", "me");
    for (let i = 0; i < 2; i++) {
      const response = await call("DELETE", "me");
      expect([response.status, await response.text()]).toEqual([204, ""]);
    }
    const after = [
      call("GET", "me"),
      call("PATCH", "me", { nickname: "나" }),
      call("GET", "me/characters"),
      call("GET", "me/characters/이코/ownership"),
    ];
    for (const response of after) {
      expect(await problemOf(await response)).toEqual([410, "ACCOUNT_DELETED"]);
    }
  });

  test("is refused, not half done in silence, while a store is away", async () => {
    const away = () => Promise.reject(new Fault("UNAVAILABLE"));
    const response = await given({ erase: away }).call("DELETE", "me");
    expect(await problemOf(response)).toEqual([503, "UNAVAILABLE"]);
  });
});

describe("GET /users/me/characters", () => {
  test("has the character everybody gets from the very first call on", async () => {
    const response = await given().call("GET", "me/characters");
    expect(await response.json()).toEqual({
      characters: [
        {
          code: "char-eco",
          name: "이코",
          dialog: "만나서 반가워!",
          material: null,
          image_url: "/api/v1/character/images/char-eco.svg",
          acquired_at: "2026-01-02T03:04:05.000Z",
        },
      ],
    });
  });
});

describe("GET /users/me/characters/{name}/ownership", () => {
  test("finds the character by its Korean name, composed or in pieces", async () => {
    for (const name of ["이코", "이코".normalize("NFD")]) {
      const path = `me/characters/${encodeURIComponent(name)}/ownership`;
      const response = await given().call("GET", path);
      const expected = { owned: true, acquired_at: "2026-01-02T03:04:05.000Z" };
      expect(await response.json()).toEqual(expected);
    }
  });

  test("tells when it is not owned", async () => {
    const notOwned = given({ ownership: async () => ({ acquiredAt: null }) });
    const response = await notOwned.call("GET", "me/characters/페티/ownership");
    expect(await response.json()).toEqual({ owned: false, acquired_at: null });
  });

  test.each(["모르는이름", "%00", "a".repeat(301), "%2e%2e%2f", "이코%20"])(
    "%s is no character",
    async (name) => {
      const response = await given().call("GET", `me/characters/${name}/ownership`);
      expect(await problemOf(response)).toEqual([404, "CHARACTER_NOT_FOUND"]);
    },
  );
});
