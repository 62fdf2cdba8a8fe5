import type { paths } from "#lib/client/api.d.ts";
import { dataOf } from "#lib/client/calls.ts";
import { eco2 } from "./eco2.ts";
import { forgetEverything } from "./job-memory.ts";

export type Account =
  paths["/api/v1/users/me"]["get"]["responses"][200]["content"]["application/json"];

const userKey = "eco2 user";

/** Who is signed in. What this browser remembers of somebody else is forgotten first. @throws Eco2Error */
export async function readAccount(): Promise<Account> {
  const account = dataOf(await eco2.api.GET("/api/v1/users/me"));
  if (localStorage.getItem(userKey) !== account.id) {
    forgetEverything();
    localStorage.setItem(userKey, account.id);
  }
  return account;
}
