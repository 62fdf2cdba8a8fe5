/** A browser as far as cookies go: it keeps them by name and path, sends those that fit, follows nothing. */
export interface Browser {
  /** What it holds, by name. */
  readonly cookies: ReadonlyMap<string, string>;
  /** `path` from the origin, or an absolute URL of it. */
  send(method: string, path: string, headers?: Record<string, string>): Promise<Response>;
  /** Holds the same cookies from here on, on its own. */
  copy(): Browser;
}

type Fetch = (request: Request) => Response | Promise<Response>;

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export function openBrowser(
  fetch: Fetch,
  origin = "http://127.0.0.1:8080",
  held: ReadonlyMap<string, Cookie> = new Map(),
): Browser {
  const jar = new Map(held);
  return {
    get cookies() {
      return new Map([...jar].map(([name, { value }]) => [name, value]));
    },
    send: async (method, path, headers = {}) => {
      const url = new URL(path, origin);
      const fitting = [...jar].filter(([, cookie]) => isBelow(url.pathname, cookie.path));
      const cookie = fitting.map(([name, { value }]) => `${name}=${value}`).join("; ");
      const given = cookie === "" ? headers : { cookie, ...headers };
      const response = await fetch(
        new Request(url, { method, headers: given, redirect: "manual" }),
      );
      for (const line of response.headers.getSetCookie()) keep(jar, line);
      return response;
    },
    copy: () => openBrowser(fetch, origin, jar),
  };
}

function keep(jar: Map<string, Cookie>, line: string): void {
  const [pair = "", ...attributes] = line.split("; ");
  const name = pair.slice(0, pair.indexOf("="));
  const value = pair.slice(pair.indexOf("=") + 1);
  const path = attributes.find((one) => one.startsWith("Path="))?.slice("Path=".length) ?? "/";
  if (attributes.includes("Max-Age=0")) jar.delete(name);
  else jar.set(name, { value, path });
}

function isBelow(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.replace(/\/?$/, "/"));
}
