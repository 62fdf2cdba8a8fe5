import { Fault } from "#lib/error/fault.ts";

/** Origins a browser may be sent to after sign-in: our own, and those whose pages use the API. */
export interface ReturnOrigins {
  readonly own: string;
  readonly others: readonly string[];
}

export const returnUrlCharsMax = 2_000;

/** Without a `redirect`: shows the account that has just signed in. */
const defaultPath = "/api/v1/users/me";

/**
 * Validates the return URL of a sign-in, deny by default: no open redirect. Accepts a path on our
 * own origin, or an absolute URL that begins literally with an allowed origin. Returns the URL as
 * parsed, so a browser cannot read it in another way.
 *
 * @returns a path that begins with exactly one slash, or an absolute URL.
 * @throws Fault `REDIRECT_NOT_ALLOWED`.
 */
export function readReturnUrl(text: string | undefined, { own, others }: ReturnOrigins): string {
  if (text === undefined || text === "") return defaultPath;
  // Browsers drop tabs and newlines, and read a backslash as a slash.
  if (text.length > returnUrlCharsMax || UNSAFE.test(text)) throw notAllowed();
  const isPath = text.startsWith("/");
  const origin = isPath ? own : [own, ...others].find((one) => isBelow(one, text));
  const url = origin === undefined ? null : URL.parse(text, own);
  if (url === null || originOf(url) !== origin || url.username || url.password) throw notAllowed();
  if (!isPath) return url.href;
  const path = pathOf(url);
  // `/.//evil` is on our origin, but its normalised path `//evil` alone is another host.
  if (path.startsWith("//")) throw notAllowed();
  return path;
}

/** The return URL with `?error=<code>` added. */
export function withError(returnUrl: string, code: string, { own }: ReturnOrigins): string {
  const url = new URL(returnUrl, own);
  url.searchParams.set("error", code);
  return returnUrl.startsWith("/") ? pathOf(url) : url.href;
}

/** Control characters, lone surrogates, line separators and backslashes. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\\]/u;

function isBelow(origin: string, text: string): boolean {
  return text.startsWith(origin) && /^(?:$|[/?#])/.test(text.slice(origin.length));
}

/** Of an app's own scheme, as `capacitor:`, `URL` says none. */
function originOf({ origin, protocol, host }: URL): string {
  return origin === "null" ? `${protocol}//${host}` : origin;
}

function pathOf({ pathname, search, hash }: URL): string {
  return `${pathname}${search}${hash}`;
}

function notAllowed(): Fault {
  return new Fault("REDIRECT_NOT_ALLOWED");
}
