import * as v from "valibot";
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

export const Account = v.object({
  id: v.string(),
  nickname: v.nullable(v.string()),
  email: v.nullable(v.string()),
  /** ISO 8601, UTC. */
  created_at: v.string(),
});
export type Account = v.InferOutput<typeof Account>;

/** What is left out stays; null clears. */
export const AccountPatch = v.object({
  nickname: v.optional(v.nullable(plainText(nicknameCharsMax, "NICKNAME_INVALID"))),
});
export type AccountPatch = v.InferOutput<typeof AccountPatch>;
