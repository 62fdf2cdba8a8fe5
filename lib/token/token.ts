import * as v from "valibot";
import { USER_ID } from "#lib/contract/user-id.ts";

/**
 * The two tokens of a session: JWTs (RFC 7519) signed with RS256. `access` is shown with every request,
 * `refresh` only to the auth service, which swaps it for a new pair; each has an audience of its own, so
 * neither passes for the other.
 */
export type TokenKind = "access" | "refresh";

export const issuer = "eco2";
export const audiences = { access: "eco2-api", refresh: "eco2-auth" } as const;
/** RFC 9068 for the first; the second in its manner. */
export const types = { access: "at+jwt", refresh: "rt+jwt" } as const;
export const livesS = { access: 3 * 3_600, refresh: 30 * 24 * 3_600 } as const;
/** Names are contracts: clients and proxies know them. */
export const tokenCookies = { access: "s_access", refresh: "s_refresh" } as const;
export const algorithm = "RS256";

/** What a verified token says; times in seconds since the Unix epoch. */
export const Claims = v.object({
  sub: v.pipe(v.string(), v.regex(USER_ID)),
  /** Who vouched for the user: `google`, `kakao`, `naver`, `dev`. */
  provider: v.pipe(v.string(), v.regex(/^[a-z]{1,20}$/)),
  /** The session, which lives on through every refresh. */
  sid: v.pipe(v.string(), v.uuid()),
  jti: v.pipe(v.string(), v.uuid()),
  exp: v.number(),
});
export type Claims = v.InferOutput<typeof Claims>;
