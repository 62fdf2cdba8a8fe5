import { createServer, type Server } from "node:net";
import { hostname } from "node:os";

/** Private addresses that nobody may connect to, and an allowed origin that leads there. */
export interface Canaries {
  /** Loopback port that must get no connection. */
  readonly port: number;
  /** What was connected to. */
  readonly hits: readonly string[];
  /** `/redirect/<status>?to=<url>` answers so; any other path leads to the port. */
  readonly redirector: string;
  /** Host names that resolve to a loopback address. */
  readonly names: readonly string[];
  stop(): void;
}

export async function startCanaries(): Promise<Canaries> {
  const hits: string[] = [];
  const servers: Server[] = [];
  const listen = (port: number, host: string): Promise<number | undefined> => {
    const server = createServer((socket) => {
      hits.push(`${host}:${port}`);
      socket.on("error", () => undefined);
      socket.destroy();
    });
    return new Promise((resolve) => {
      // The web's own ports need rights, and may be taken: they are a bonus.
      server.on("error", () => resolve(undefined));
      server.listen(port, host, () => {
        servers.push(server);
        const address = server.address();
        resolve(typeof address === "object" ? address?.port : undefined);
      });
    });
  };
  const port = await listen(0, "127.0.0.1");
  if (port === undefined) throw new Error("no loopback port for the canary");
  await listen(port, "::1");
  for (const host of ["127.0.0.1", "::1"]) for (const web of [80, 443]) await listen(web, host);
  const redirector = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const url = new URL(request.url);
      const status = Number(/^\/redirect\/(\d+)$/.exec(url.pathname)?.[1] ?? 302);
      const location = url.searchParams.get("to") ?? `http://127.0.0.1:${port}/`;
      return new Response(null, { status, headers: { location } });
    },
  });
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
