import { openBrowser } from "#lib/testing/browser.ts";

const redirectsMax = 5;

/**
 * Signs in as `name` by the provider `dev`, the way a browser does, which follows redirects to the same
 * origin only.
 *
 * @returns the `Cookie` header of the session.
 * @throws Error with the response of the API.
 */
export async function signIn(origin: string, name: string): Promise<{ cookie: string }> {
  const browser = openBrowser(fetch, origin);
  let url = new URL(`/api/v1/auth/dev/authorize?login_hint=${encodeURIComponent(name)}`, origin);
  for (let redirects = 0; redirects < redirectsMax; redirects++) {
    const response = await browser.send("GET", url.href);
    const text = await response.text();
    const { cookies } = browser;
    if (cookies.has("s_access")) return { cookie: [...cookies].map((c) => c.join("=")).join("; ") };
    const location = response.headers.get("location");
    if (location === null) throw new Error(`sign-in: ${url.pathname}: ${response.status} ${text}`);
    url = new URL(location, url);
    const error = url.searchParams.get("error");
    if (error !== null) throw new Error(`sign-in: ${error}`);
    if (url.origin !== new URL(origin).origin) throw new Error(`sign-in: sent to ${url.origin}`);
  }
  throw new Error(`sign-in: no end after ${redirectsMax} redirects`);
}

/** Ends the session, whose tokens are refused from now on. */
export async function signOut(origin: string, { cookie }: { cookie: string }): Promise<void> {
  const url = new URL("/api/v1/auth/logout", origin);
  const response = await fetch(url, { method: "POST", headers: { cookie } });
  if (!response.ok) throw new Error(`sign-out: ${response.status} ${await response.text()}`);
}
