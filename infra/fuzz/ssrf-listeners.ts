import { createServer, type Server } from "node:net";
import { hostname } from "node:os";

/** Loopback ports that must get no connection, and an allowed origin that redirects there. */
export interface SsrfListeners {
  readonly port: number;
  /** Host and port of every connection that was made. */
  readonly hits: readonly string[];
  /** `/redirect/<status>?to=<url>` redirects so; any other path redirects to the port. */
  readonly redirector: string;
  /** Host names that resolve to a loopback address. */
  readonly names: readonly string[];
  stop(): void;
}

export async function startSsrfListeners(): Promise<SsrfListeners> {
  const hits: string[] = [];
  const servers: Server[] = [];
  const listen = (port: number, host: string): Promise<number | undefined> => {
    const server = createServer((socket) => {
      hits.push(`${host}:${port}`);
      socket.on("error", () => undefined);
      socket.destroy();
    });
    return new Promise((resolve) => {
      // Ports 80 and 443 need rights, and may be taken: the run does without.
      server.on("error", () => resolve(undefined));
      server.listen(port, host, () => {
        servers.push(server);
        const address = server.address();
        resolve(typeof address === "object" ? address?.port : undefined);
      });
    });
  };
  const port = await listen(0, "127.0.0.1");
  if (port === undefined) throw new Error("no loopback port to listen on");
  await listen(port, "::1");
  for (const host of ["127.0.0.1", "::1"]) for (const web of [80, 443]) await listen(web, host);
  const redirector = startRedirector(`http://127.0.0.1:${port}/`);
  return {
    port,
    hits,
    redirector: redirector.url.origin,
    names: ["localhost", hostname()],
    stop: () => {
      for (const server of servers) server.close();
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
