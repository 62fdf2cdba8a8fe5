import type { Server } from "bun";
import { Fault } from "#lib/error/fault.ts";
import { BootError, type ProcessScope } from "#lib/process/run-process.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import type { ServerBindings } from "./create-app.ts";
import { drainBody } from "./drain-body.ts";
import { continueSender } from "./expect-continue.ts";
import { problem } from "./problem.ts";

type Bindings = Required<ServerBindings>;
type Fetch = (request: Request, env: Bindings) => Response | Promise<Response>;

/**
 * Above every app's own limit, so that the app responds with a problem document before Bun cuts
 * off.
 */
const requestBodyBytesMax = 128 * 1024 * 1024;
/**
 * Longer than a load balancer keeps an idle connection (AWS 60 s, nginx 60 or 75 s, Azure 90 s): whoever closes
 * first must not be this side, or the request that is on its way is lost. Event streams lift it for their
 * own request with `c.env.timeout(c.req.raw, 0)`.
 */
export const idleTimeoutS = 120;

/**
 * Serves `fetch` until the scope stops. At stop, new connections are refused at once, requests in
 * flight may finish within `drainMs`, and connections still open after that are closed.
 */
export function serve(
  scope: ProcessScope,
  fetch: Fetch,
  {
    port,
    hostname,
    portVariable = "PORT",
    drainMs = 5_000,
  }: { port: number; hostname: string; portVariable?: string; drainMs?: number },
): Server<undefined> {
  const server = listen(fetch, { port, hostname, portVariable });
  scope.onStop("http", async () => {
    // `stop()` alone waits forever while one event stream is open.
    await withDeadline(drainMs, server.stop()).catch(() => undefined);
    await server.stop(true);
  });
  return server;
}

/** @throws BootError naming the variable that is wrong: the port's, or `HOST`. */
function listen(
  fetch: Fetch,
  { port, hostname, portVariable }: { port: number; hostname: string; portVariable: string },
): Server<undefined> {
  try {
    const server: Server<undefined> = Bun.serve({
      port,
      hostname,
      idleTimeout: idleTimeoutS,
      maxRequestBodySize: requestBodyBytesMax,
      // Bun's own error page shows the stack. `development: false` is no way out: on Bun 1.4 it
      // lets a second server take the same port silently.
      error: (error) => problem(Fault.from(error)),
      fetch: (request) => {
        sendContinue(request);
        const response = dispatch(request);
        // Bun gives these no body.
        if (request.method === "GET" || request.method === "HEAD") return response;
        return afterItsBody(request, response);
      },
    });
    function dispatch(request: Request): Response | Promise<Response> {
      if (!isReadable(request)) return problem(new Fault("VALIDATION_FAILED"));
      if (!isHostless(request)) return fetch(request, env);
      return fetch(withHost(request), bindingsOf(server, request));
    }
    const sendContinue = continueSender(server);
    // One object for all requests: an event stream holds it for as long as it is open.
    const env: Bindings = { server, timeout: server.timeout.bind(server) };
    return server;
  } catch (cause) {
    // Bun reports a host name without an address as a port that is taken.
    const variable = canListen(hostname) ? portVariable : "HOST";
    throw new BootError(`${variable}: cannot listen on ${hostname}:${port}`, { cause });
  }
}

/**
 * RFC 9112, 3.2: whether it has one valid `Host`. An invalid one makes `request.url` invalid, and readers of it
 * would find different paths in it: the path that is authenticated could differ from the one that is served.
 */
function isReadable(request: Request): boolean {
  // Bun joins two headers of one name, and reads the first; no host has a comma in its name.
  if (request.headers.get("host")?.includes(",")) return false;
  return (request.url.startsWith("http://") && URL.canParse(request.url)) || isHostless(request);
}

/** HTTP/1.0, as in HAProxy's health check; of HTTP/1.1 Bun lets none of these pass. */
function isHostless({ headers, url }: Request): boolean {
  return url.startsWith("/") && !headers.has("host");
}

function withHost(request: Request): Request {
  return new Request(`http://localhost${request.url}`, request);
}

/** Bun knows a connection by its own request, of which the app gets a copy. */
function bindingsOf(server: Server<undefined>, request: Request): Bindings {
  return {
    server: { requestIP: () => server.requestIP(request) },
    timeout: (_, seconds) => server.timeout(request, seconds),
  };
}

/** The response, once nobody writes any more; one that does not wait so long closes the connection. */
async function afterItsBody(
  request: Request,
  pending: Response | Promise<Response>,
): Promise<Response> {
  const response = await pending;
  // A body that was read was read to its end, except by whoever refuses it.
  if (request.bodyUsed && response.status < 400) return response;
  const { body } = request;
  if (body === null || body.locked || (await drainBody(body))) return response;
  response.headers.set("connection", "close");
  return response;
}

/** On any port at all. */
function canListen(hostname: string): boolean {
  try {
    Bun.listen({ hostname, port: 0, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
