import * as v from "valibot";

/**
 * Something that gatekeepers refuse from now on, for as long as a token of it could still be valid. What
 * `auth.revocations` holds, and what `authz.fanout` carries.
 */
export const Revocation = v.object({
  /** Made by `revocationKeys`. */
  key: v.pipe(v.string(), v.maxLength(200)),
  /** Milliseconds since the Unix epoch: the end of the last token it is about. */
  expires_at: v.number(),
});
export type Revocation = v.InferOutput<typeof Revocation>;

export const revocationKeys = {
  /** One token, by its `jti`: a refresh replaced it. */
  token: (jti: string) => `jti:${jti}`,
  /** Every token of one sign-in, by its `sid`: a logout, or a refresh token that came twice. */
  session: (sid: string) => `sid:${sid}`,
  /** Every token of a user, by `sub`: the account was deleted. */
  user: (userId: string) => `sub:${userId}`,
} as const;
