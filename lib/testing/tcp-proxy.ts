import type { Socket, TCPSocketListener } from "bun";

/** A TCP proxy on loopback whose connections a test can cut. */
export interface TcpProxy {
  readonly origin: string;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Ends every open connection at once, as a dying network does. */
  cut(): void;
  stop(): void;
}

interface Pair {
  peer: Socket<Pair> | undefined;
  /** Bytes that came before the other side was connected. */
  early: Uint8Array[];
}

/** Forwards to `target`. Small traffic only: it does not slow down a sender. */
export function startTcpProxy(target: { hostname: string; port: number }): TcpProxy {
  const open = new Set<Socket<Pair>>();
  let accepted = 0;

  const handlers = {
    data(socket: Socket<Pair>, chunk: Buffer) {
      const { peer, early } = socket.data;
      if (peer) peer.write(chunk);
      else early.push(new Uint8Array(chunk));
    },
    close(socket: Socket<Pair>) {
      open.delete(socket);
      socket.data.peer?.end();
    },
    error(socket: Socket<Pair>) {
      socket.end();
    },
  };
  const server: TCPSocketListener<Pair> = Bun.listen<Pair>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...handlers,
      open(client) {
        accepted++;
        open.add(client);
        client.data = { peer: undefined, early: [] };
        void Bun.connect<Pair>({
          ...target,
          data: { peer: client, early: [] },
          socket: {
            ...handlers,
            open(upstream) {
              for (const chunk of client.data.early) upstream.write(chunk);
              client.data.peer = upstream;
            },
          },
        }).catch(() => client.end());
      },
    },
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    get accepted() {
      return accepted;
    },
    cut: () => {
      for (const socket of open) socket.terminate();
    },
    stop: () => server.stop(true),
  };
}
