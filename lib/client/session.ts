import { createCookieJar } from "./cookie-jar.ts";
import { Eco2Error, errorOf } from "./eco2-error.ts";

export interface SessionOptions {
  /** Default: the runtime's own. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** An access token, or what gives one for every request, in place of cookies. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Default: the browser's. Where there are none, tabs do not know of each other. */
  readonly locks?: Locks | undefined;
}

interface Locks {
  request(name: string, run: () => Promise<boolean>): Promise<boolean>;
}

export type Session = ReturnType<typeof createSession>;

export const authPath = "/api/v1/auth";
export const isPage = typeof document !== "undefined";

/**
 * Requests as the signed-in user. A 401 has the session refreshed and the request sent again, once: one refresh for
 * all requests of a page, and one tab of a browser after the other.
 */
export function createSession(
  origin: string,
  { token, locks, fetch = (request) => globalThis.fetch(request) }: SessionOptions,
) {
  const credentials: RequestCredentials = token === undefined ? "include" : "omit";
  const cookies = createCookieJar();
  let refreshing: Promise<boolean> | undefined;

  /** Without the user's credentials, for a URL that needs none. */
  const sendBare = (request: Request): Promise<Response> =>
    fetch(request).catch((cause: unknown) => {
      request.signal.throwIfAborted();
      throw new Eco2Error("NETWORK", { cause });
    });

  async function sendOnce(request: Request): Promise<Response> {
    const { headers } = request;
    const cookie = cookies.headerFor(new URL(request.url).pathname);
    if (token !== undefined) {
      headers.set("authorization", `Bearer ${typeof token === "string" ? token : await token()}`);
    } else if (cookie !== undefined) headers.set("cookie", cookie);
    const response = await sendBare(request);
    if (token === undefined) cookies.keep(response);
    return response;
  }

  async function send(request: Request): Promise<Response> {
    const sentAt = Date.now();
    const again = request.clone();
    const response = await sendOnce(request);
    if (response.status !== 401 || token !== undefined) return response;
    refreshing ??= inOneTab({ origin, locks, sentAt }, refresh).finally(() => {
      refreshing = undefined;
    });
    if (!(await refreshing)) return response;
    await drain(response);
    return sendOnce(again);
  }

  const post = (name: string) =>
    sendOnce(new Request(`${origin}${authPath}/${name}`, { method: "POST", credentials }));

  /** @returns false where nobody is signed in any more. */
  async function refresh(): Promise<boolean> {
    const response = await post("refresh");
    if (response.status === 401) return false;
    if (!response.ok) throw await errorOf(response);
    await drain(response);
    return true;
  }

  async function signOut(): Promise<void> {
    const response = await post("logout");
    if (!response.ok) throw await errorOf(response);
  }

  return { origin, credentials, cookies, send, sendOnce, sendBare, signOut };
}

/** Reads a short body that says nothing: one that is cancelled ends its connection. */
export async function drain(response: Response): Promise<void> {
  await response.arrayBuffer().catch(() => undefined);
}

/**
 * Refreshes, unless another tab has done so since `sentAt`, in milliseconds since the Unix epoch: its cookies are
 * this one's.
 */
async function inOneTab(
  given: Pick<SessionOptions, "locks"> & { readonly origin: string; readonly sentAt: number },
  refresh: () => Promise<boolean>,
): Promise<boolean> {
  const locks = given.locks ?? (isPage ? globalThis.navigator.locks : undefined);
  const name = `eco2 refreshed ${given.origin}`;
  const run = async (): Promise<boolean> => {
    if (Number(store()?.getItem(name) ?? 0) > given.sentAt) return true;
    const isRefreshed = await refresh();
    if (isRefreshed) store()?.setItem(name, String(Date.now()));
    return isRefreshed;
  };
  return locks ? locks.request(name, run) : run();
}

/** What tabs share; a browser may forbid it. Elsewhere every client has cookies of its own. */
function store(): Storage | undefined {
  try {
    return isPage ? globalThis.localStorage : undefined;
  } catch {
    return undefined;
  }
}
