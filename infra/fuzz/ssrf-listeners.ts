import { hostname } from "node:os";

/** Loopback ports that must get no connection, and an allowed origin that redirects there. */
export function startSsrfListeners() {
  const hits: string[] = [];
  const listeners: Bun.TCPSocketListener[] = [];
  const listen = (port: number, host: string): number => {
    const open = (socket: Bun.Socket): void => {
      hits.push(`${host}:${socket.localPort}`);
      socket.terminate();
    };
    const listener = Bun.listen({ hostname: host, port, socket: { open, data() {} } });
    listeners.push(listener);
    return listener.port;
  };
  const port = listen(0, "127.0.0.1");
  for (const host of ["127.0.0.1", "::1"]) {
    for (const one of [port, 80, 443]) {
      try {
        listen(one, host);
      } catch {
        // Ports 80 and 443 need rights, and may be taken: the run does without.
      }
    }
  }
  const redirector = startRedirector(`http://127.0.0.1:${port}/`);
  return {
    port,
    /** Host and port of every connection that was made. */
    hits,
    /** `/redirect/<status>?to=<url>` redirects so; any other path redirects to the port. */
    redirector: redirector.url.origin,
    /** Host names that resolve to a loopback address. */
    names: ["localhost", hostname()],
    stop: () => {
      for (const listener of listeners) listener.stop(true);
      void redirector.stop(true);
    },
  };
}

function startRedirector(otherwise: string) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => {
      const { pathname, searchParams } = new URL(url);
      const status = Number(/^\/redirect\/(\d+)$/.exec(pathname)?.[1] ?? 302);
      return new Response(null, {
        status,
        headers: { location: searchParams.get("to") ?? otherwise },
      });
    },
  });
}
