import { connect, createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

/** Schemes that ask for TLS, by those that do not; PostgreSQL asks in its own way. */
const secure: Readonly<Record<string, string>> = { "redis:": "rediss:", "amqp:": "amqps:" };

/** A proxy on loopback that ends TLS before a service that has none. */
export function startTlsProxy(
  upstream: string,
  pair: { readonly cert: string; readonly key: string },
) {
  const to = new URL(upstream);
  const secureContext = createSecureContext(pair);
  const sockets = new Set<Socket>();
  const end = (client: Socket) => {
    const inside = new TLSSocket(client, { isServer: true, secureContext });
    const server = connect(Number(to.port), to.hostname);
    for (const socket of [inside, server]) socket.on("error", () => undefined);
    sockets.add(server);
    inside.pipe(server).pipe(inside);
    inside.on("close", () => server.destroy());
    server.on("close", () => inside.destroy());
  };
  const listener = createServer((client) => {
    sockets.add(client);
    client.on("error", () => undefined);
    if (secure[to.protocol]) return end(client);
    // PostgreSQL's SSLRequest is eight bytes, and the answer is one letter.
    client.once("readable", () => {
      client.read(8);
      client.write("S", () => end(client));
    });
  });
  listener.listen(0, "127.0.0.1");
  const address = listener.address();
  const url = new URL(upstream.replace(to.protocol, secure[to.protocol] ?? to.protocol));
  url.host = `localhost:${typeof address === "object" && address ? address.port : 0}`;
  if (!secure[to.protocol]) url.searchParams.set("sslmode", "verify-full");
  return {
    url: url.href,
    stop: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
