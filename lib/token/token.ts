import * as v from "valibot";
import { USER_ID } from "#lib/contract/user-id.ts";

/**
 * The two tokens of a session: JWTs (RFC 7519) signed with RS256. `access` is sent with every
 * request, `refresh` only to the auth service, which swaps it for a new pair. Each has its own
 * audience, so neither is accepted as the other.
 */
export type TokenKind = "access" | "refresh";

export const issuer = "eco2";
export const audiences = { access: "eco2-api", refresh: "eco2-auth" } as const;
/** RFC 9068 defines `at+jwt`; `rt+jwt` follows its form. */
export const types = { access: "at+jwt", refresh: "rt+jwt" } as const;
export const livesS = { access: 3 * 3_600, refresh: 30 * 24 * 3_600 } as const;
/** Names are contracts: clients and proxies know them. */
export const tokenCookies = { access: "s_access", refresh: "s_refresh" } as const;
export const algorithm = "RS256";

/** What a verified token says; times in seconds since the Unix epoch. */
export const Claims = v.object({
  sub: v.pipe(v.string(), v.regex(USER_ID)),
  /** The identity provider: `google`, `kakao`, `naver`, `dev`. */
  provider: v.pipe(v.string(), v.regex(/^[a-z]{1,20}$/)),
  /** The session; refreshing keeps it. */
  sid: v.pipe(v.string(), v.uuid()),
  jti: v.pipe(v.string(), v.uuid()),
  exp: v.number(),
});
export type Claims = v.InferOutput<typeof Claims>;
