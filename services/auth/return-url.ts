import { Fault } from "#lib/error/fault.ts";

/** Where a browser may be sent after its sign-in: our own origin, and those whose pages use the API. */
export interface ReturnOrigins {
  readonly own: string;
  readonly others: readonly string[];
}

export const returnUrlCharsMax = 2_000;

/** Who just signed in sees that it worked. */
const defaultPath = "/api/v1/users/me";

/**
 * Reads where a browser wants to go after its sign-in, deny by default: a link to our sign-in must not be
 * one to somebody else's page. A path on our own origin, or an allowed origin to the letter and what
 * follows it; what a browser makes of it is what is returned, so nothing is left for it to understand
 * in another way.
 *
 * @returns a path that begins with exactly one slash, or an absolute URL.
 * @throws Fault `REDIRECT_NOT_ALLOWED`.
 */
export function readReturnUrl(text: string | undefined, { own, others }: ReturnOrigins): string {
  if (text === undefined || text === "") return defaultPath;
  // Browsers drop tabs and newlines, and take a backslash for a slash.
  if (text.length > returnUrlCharsMax || UNSAFE.test(text)) throw notAllowed();
  const isPath = text.startsWith("/");
  const origin = isPath ? own : [own, ...others].find((one) => isBelow(one, text));
  const url = origin === undefined ? null : URL.parse(text, own);
  if (url === null || url.origin !== origin || url.username || url.password) throw notAllowed();
  if (!isPath) return url.href;
  const path = pathOf(url);
  // `/.//evil` is on our origin, and as a path alone it is not.
  if (path.startsWith("//")) throw notAllowed();
  return path;
}

/** The same place, told what went wrong. */
export function withError(returnUrl: string, code: string, { own }: ReturnOrigins): string {
  const url = new URL(returnUrl, own);
  url.searchParams.set("error", code);
  return returnUrl.startsWith("/") ? pathOf(url) : url.href;
}

/** Control characters, halves of surrogate pairs, separators of lines, and backslashes. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\\]/u;

function isBelow(origin: string, text: string): boolean {
  return text.startsWith(origin) && /^(?:$|[/?#])/.test(text.slice(origin.length));
}

function pathOf({ pathname, search, hash }: URL): string {
  return `${pathname}${search}${hash}`;
}

function notAllowed(): Fault {
  return new Fault("REDIRECT_NOT_ALLOWED");
}
