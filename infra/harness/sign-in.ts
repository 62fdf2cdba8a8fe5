const hopsMax = 5;

/**
 * Signs in as `name` by the provider `dev`, the way a browser does: redirects followed by hand, since
 * `fetch` keeps no cookies, and to the same origin only.
 *
 * @returns the `Cookie` header of the session.
 * @throws Error with what the API answered.
 */
export async function signIn(origin: string, name: string): Promise<{ cookie: string }> {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map((pair) => pair.join("=")).join("; ");
  let url = new URL(`/api/v1/auth/dev/authorize?login_hint=${encodeURIComponent(name)}`, origin);
  for (let hop = 0; hop < hopsMax; hop++) {
    const headers = jar.size > 0 ? { cookie: cookie() } : {};
    const response = await fetch(url, { redirect: "manual", headers });
    const text = await response.text();
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    const location = response.headers.get("location");
    if (jar.has("s_access")) return { cookie: cookie() };
    if (location === null) throw new Error(`sign-in: ${url.pathname}: ${response.status} ${text}`);
    url = new URL(location, url);
    const error = url.searchParams.get("error");
    if (error !== null) throw new Error(`sign-in: ${error}`);
    if (url.origin !== new URL(origin).origin) throw new Error(`sign-in: sent to ${url.origin}`);
  }
  throw new Error(`sign-in: no end after ${hopsMax} redirects`);
}

/** Ends the session: its tokens are refused from now on. */
export async function signOut(origin: string, { cookie }: { cookie: string }): Promise<void> {
  const url = new URL("/api/v1/auth/logout", origin);
  const response = await fetch(url, { method: "POST", headers: { cookie } });
  if (!response.ok) throw new Error(`sign-out: ${response.status} ${await response.text()}`);
}

/** Only what a sign-in needs: paths and lives are shorter than this program's memory of them. */
function keep(jar: Map<string, string>, setCookie: string): void {
  const { name, value } = Bun.Cookie.parse(setCookie);
  if (value === "") jar.delete(name);
  else jar.set(name, value);
}
