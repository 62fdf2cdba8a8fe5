import { Hono } from "hono";
import * as v from "valibot";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { jsonBody } from "#lib/http/json-body.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import { Account, AccountPatch } from "../account.ts";
import { Collection, Ownership, toCollection, toOwnership } from "../collection.ts";
import { type DeleteAccountDeps, deleteAccount } from "../delete-account.ts";
import { type AccountStore, openAccount } from "../open-account.ts";

export type UsersRoutesDeps = AccountStore & DeleteAccountDeps;

const bodyBytesMax = 4 * 1024;

const NameParam = v.object({
  name: v.pipe(
    v.string(),
    // Longer than a name may be, since a Korean one may arrive in pieces, as some systems write it.
    v.maxLength(300, "CHARACTER_NOT_FOUND"),
    v.regex(/^[^\p{Cc}\p{Cs}]+$/u, "CHARACTER_NOT_FOUND"),
    v.normalize("NFC"),
  ),
});

export function createUsersRoutes(deps: UsersRoutesDeps): App {
  const app = new Hono<AppEnv>();
  app.use("/api/v1/users/*", requireUser());

  app.get("/api/v1/users/me", describeAccount, async (c) => {
    const userId = c.get("userId");
    return c.json(await openAccount(deps, userId, () => deps.account(userId)));
  });

  app.patch(
    "/api/v1/users/me",
    describeChange,
    jsonBody(bodyBytesMax),
    validate("json", AccountPatch),
    async (c) => {
      const userId = c.get("userId");
      const patch = c.req.valid("json");
      return c.json(await openAccount(deps, userId, () => deps.changeAccount(userId, patch)));
    },
  );

  app.delete("/api/v1/users/me", describeDelete, async (c) => {
    await deleteAccount(deps, c.get("userId"));
    return c.body(null, 204);
  });

  app.get("/api/v1/users/me/characters", describeCollection, async (c) => {
    const userId = c.get("userId");
    return c.json(toCollection(await openAccount(deps, userId, () => deps.collection(userId))));
  });

  app.get(
    "/api/v1/users/me/characters/:name/ownership",
    describeOwnership,
    validate("param", NameParam),
    async (c) => {
      const userId = c.get("userId");
      const { name } = c.req.valid("param");
      const read = () => deps.ownership(userId, name);
      return c.json(toOwnership((await openAccount(deps, userId, read)).acquiredAt));
    },
  );
  return app;
}

const accountFaults = ["UNAUTHENTICATED", "ACCOUNT_DELETED", "UNAVAILABLE"] as const;

const describeAccount = describe({
  id: "readAccount",
  tag: "users",
  summary: "The caller's account; the first call makes it",
  responses: { 200: { description: "The account", schema: Account } },
  faults: accountFaults,
});

const describeChange = describe({
  id: "changeAccount",
  tag: "users",
  summary: "Change the nickname; null clears it",
  responses: { 200: { description: "The account as it is now", schema: Account } },
  faults: [
    "MALFORMED_JSON",
    "VALIDATION_FAILED",
    "NICKNAME_INVALID",
    "BODY_TOO_LARGE",
    "CONTENT_TYPE_UNSUPPORTED",
    ...accountFaults,
  ],
});

const describeDelete = describe({
  id: "deleteAccount",
  tag: "users",
  summary: "Delete the account and everything of its user, for good; may be repeated",
  responses: { 204: { description: "Deleted" } },
  faults: ["UNAUTHENTICATED", "UNAVAILABLE"],
});

const describeCollection = describe({
  id: "listOwnedCharacters",
  tag: "users",
  summary: "The characters the caller has, newest first",
  responses: { 200: { description: "The collection", schema: Collection } },
  faults: accountFaults,
});

const describeOwnership = describe({
  id: "readOwnership",
  tag: "users",
  summary: "Whether the caller has the character of this name",
  responses: { 200: { description: "Owned or not, and since when", schema: Ownership } },
  faults: ["CHARACTER_NOT_FOUND", ...accountFaults],
});
