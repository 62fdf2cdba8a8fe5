import { connect, createServer, type Socket } from "node:net";

/**
 * A TCP proxy on loopback that injects network faults, for tests and the fault suite. A stream that has
 * lost bytes is never continued, since no network does that: `heal` resets every connection that was
 * blackholed.
 */
export interface TcpProxy {
  /** The upstream's URL, but through the proxy. */
  readonly url: string;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Resets every open connection (TCP RST). */
  reset(): void;
  /**
   * Drops what is sent over the connections that are open now, both ways or only the server's replies,
   * without closing them, as a firewall does that has forgotten a connection. New connections work.
   */
  blackhole(direction: "both" | "replies"): void;
  /** Delays every chunk by so many milliseconds; order is kept. */
  delay(ms: number): void;
  /** New connections are reset at once, until `heal`. */
  refuse(): void;
  /** Ends all faults; connections that have lost bytes are reset. */
  heal(): void;
  /** Where new connections go from now on. */
  setUpstream(url: string): void;
  stop(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What is dropped. */
  blackhole: "none" | "both" | "replies";
}

/** @param upstream URL of a service; its port may be that of its scheme */
export function startTcpProxy(upstream: string): TcpProxy {
  const pairs = new Set<Pair>();
  let to = new URL(upstream);
  let accepted = 0;
  let delayMs = 0;
  let refusing = false;

  const listener = createServer((client) => {
    accepted++;
    // Without a listener the first reset would crash the process.
    client.on("error", () => undefined);
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(portOf(to), to.hostname);
    server.on("error", () => undefined);
    const pair: Pair = { client, server, blackhole: "none" };
    pairs.add(pair);
    forward(client, server, () => (pair.blackhole === "both" ? "drop" : delayMs));
    forward(server, client, () => (pair.blackhole === "none" ? delayMs : "drop"));
    const forget = () => client.destroyed && server.destroyed && pairs.delete(pair);
    client.on("close", forget);
    server.on("close", forget);
  });
  listener.listen(0, "127.0.0.1");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  const through = Object.assign(new URL(upstream), { hostname: "127.0.0.1", port: address.port });

  const resetWhere = (wanted: (pair: Pair) => boolean): void => {
    for (const pair of pairs) if (wanted(pair)) resetPair(pair);
  };
  return {
    url: through.href,
    get accepted() {
      return accepted;
    },
    reset: () => resetWhere(() => true),
    blackhole: (direction) => {
      for (const pair of pairs) pair.blackhole = direction;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    refuse: () => {
      refusing = true;
    },
    heal: () => {
      delayMs = 0;
      refusing = false;
      resetWhere(({ blackhole }) => blackhole !== "none");
    },
    setUpstream: (url) => {
      to = new URL(url);
    },
    stop: () => {
      listener.close();
      resetWhere(() => true);
    },
  };
}

/** Pauses the sender when the receiver is slower: a proxy must not buffer without bound. */
function forward(from: Socket, to: Socket, fate: () => "drop" | number): void {
  let held = Promise.resolve();
  let heldCount = 0;
  /** At once where nothing is held back before it. */
  const after = (ms: number, act: () => void): void => {
    if (ms === 0 && heldCount === 0) {
      act();
      return;
    }
    heldCount++;
    const dueAt = performance.now() + ms;
    held = held
      .then(() => Bun.sleep(Math.max(0, dueAt - performance.now())))
      .then(() => {
        heldCount--;
        act();
      });
  };
  from.on("data", (chunk) => {
    const now = fate();
    if (now === "drop") return;
    after(now, () => {
      if (to.writable && !to.write(chunk)) from.pause();
    });
  });
  to.on("drain", () => from.resume());
  // The end of the other side is dropped as well.
  from.on("close", () => {
    if (fate() !== "drop") after(0, () => to.end());
  });
}

function resetPair({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}

const defaultPorts: Readonly<Record<string, number>> = {
  "postgres:": 5432,
  "redis:": 6379,
  "amqp:": 5672,
};

function portOf({ port, protocol }: URL): number {
  return Number(port) || (defaultPorts[protocol] ?? 80);
}
