import { Eco2Error, errorOf } from "./eco2-error.ts";
import { authPath, drain, isPage, type Session } from "./session.ts";

export interface SignInOptions {
  /** Where the browser is to come back to: a path, or a page of an allowed origin. */
  readonly redirect?: string;
  /** With the provider `dev`: the user's name. */
  readonly loginHint?: string;
}

const redirectsMax = 5;

/** Where a browser is sent to sign in. */
export function signInUrl(
  origin: string,
  provider: string,
  { redirect, loginHint }: SignInOptions = {},
): string {
  const url = new URL(`${origin}${authPath}/${encodeURIComponent(provider)}/authorize`);
  if (redirect !== undefined) url.searchParams.set("redirect", redirect);
  if (loginHint !== undefined) url.searchParams.set("login_hint", loginHint);
  return url.href;
}

/**
 * Signs in: at once with the provider `dev`, which asks nobody; with every other one by leaving the page, which only a
 * browser can.
 */
export async function signIn(
  session: Session,
  provider: string,
  given: SignInOptions = {},
): Promise<void> {
  const { origin } = session;
  if (provider === "dev") return signInHere(session, signInUrl(origin, provider, given));
  if (!isPage) throw new Error("Only a browser can sign in; give the client a `token`.");
  location.assign(signInUrl(origin, provider, { redirect: location.href, ...given }));
}

/** A browser follows the redirects by itself; elsewhere the cookies they set are to be kept. */
async function signInHere(session: Session, first: string): Promise<void> {
  const { origin, credentials, cookies, sendOnce } = session;
  const before = cookies.get("s_access");
  let url = first;
  for (let redirects = 0; redirects < redirectsMax; redirects++) {
    const redirect = isPage ? "follow" : "manual";
    const response = await sendOnce(new Request(url, { credentials, redirect }));
    if (response.status >= 400) throw await errorOf(response);
    await drain(response);
    const to = response.headers.get("location");
    url = new URL(to ?? (response.url || url), url).href;
    const code = new URL(url).searchParams.get("error");
    if (code !== null) throw new Eco2Error(isCode(code) ? code : "UNKNOWN", { status: 401 });
    // The cookies are for this origin alone.
    if (to === null || cookies.get("s_access") !== before || new URL(url).origin !== origin) return;
  }
}

/** Whether it looks like one of the API's: its type says which there are. */
function isCode(text: string): text is Eco2Error["code"] {
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(text);
}
