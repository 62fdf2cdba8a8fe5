import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { plainText } from "#lib/contract/plain-text.ts";

/**
 * A user's account, by the opaque id of whoever is signed in:
 *
 *   (nothing) ──first request──▶ account ──DELETE──▶ deleted, for good
 *
 * The first request makes it, with the default character. A deleted one leaves a hash of its id and
 * nothing else; the id never becomes an account again.
 */
const nicknameCharsMax = 30;

export const Account = named(
  "Account",
  v.object({
    id: v.string(),
    nickname: v.nullable(v.string()),
    email: v.nullable(v.string()),
    /** ISO 8601, UTC. */
    created_at: v.string(),
  }),
  {
    id: "019bd000-0000-7000-8000-00000000000a",
    nickname: "걷는 사람",
    email: null,
    created_at: "2026-01-01T00:00:00.000Z",
  },
);
export type Account = v.InferOutput<typeof Account>;

/** What is left out stays; null clears. */
export const AccountPatch = named(
  "AccountPatch",
  v.object({
    nickname: v.optional(v.nullable(plainText(nicknameCharsMax, "NICKNAME_INVALID"))),
  }),
  { nickname: "걷는 사람" },
);
export type AccountPatch = v.InferOutput<typeof AccountPatch>;
