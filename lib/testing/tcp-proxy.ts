import { connect, createServer, type Socket } from "node:net";

export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/**
 * A TCP proxy on loopback that misbehaves on command, for tests and the fault suite. A stream that has
 * lost bytes is never continued, since no network does that: whatever swallowed some is reset when the
 * fault ends.
 */
export interface TcpProxy {
  readonly origin: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Resets every open connection at once, as a dying network does. */
  cut(): void;
  /**
   * Swallows what comes over the connections that are open now, both ways or only the server's answers;
   * new connections work. So a firewall forgets a connection: nobody is told.
   */
  swallow(direction: "both" | "answers"): void;
  /** The same for connections still to come, until `heal`. */
  swallowNew(direction: "both" | "answers" | "none"): void;
  /** Holds every piece back for so long, in milliseconds; order is kept. */
  delay(ms: number): void;
  /** New connections are reset at once, until `heal`. */
  refuse(): void;
  /** Back to a plain proxy; connections that have lost bytes are reset. */
  heal(): void;
  /** Where new connections go from here on. */
  retarget(target: Address): void;
  stop(): void;
}

type Direction = "both" | "answers" | "none";

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  swallows: Direction;
}

export function startTcpProxy(target: Address): TcpProxy {
  const pairs = new Set<Pair>();
  let to = target;
  let accepted = 0;
  let delayMs = 0;
  let refusing = false;
  let newSwallow: Direction = "none";

  const listener = createServer((client) => {
    accepted++;
    // Without a listener the first reset would crash the process.
    client.on("error", () => undefined);
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(to.port, to.hostname);
    server.on("error", () => undefined);
    const pair = { client, server, swallows: newSwallow };
    pairs.add(pair);
    forward(client, server, () => (pair.swallows === "both" ? "swallow" : delayMs));
    forward(server, client, () => (pair.swallows === "none" ? delayMs : "swallow"));
    const forget = () => client.destroyed && server.destroyed && pairs.delete(pair);
    client.on("close", forget);
    server.on("close", forget);
  });
  listener.listen(0, "127.0.0.1");
  const port = portOf(listener.address());

  const resetWhere = (wanted: (pair: Pair) => boolean): void => {
    for (const pair of pairs) if (wanted(pair)) reset(pair);
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    get accepted() {
      return accepted;
    },
    cut: () => resetWhere(() => true),
    swallow: (direction) => {
      for (const pair of pairs) pair.swallows = direction;
    },
    swallowNew: (direction) => {
      newSwallow = direction;
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
      newSwallow = "none";
      resetWhere(({ swallows }) => swallows !== "none");
    },
    retarget: (address) => {
      to = address;
    },
    stop: () => {
      listener.close();
      resetWhere(() => true);
    },
  };
}

/** Slows the sender down to what the other side takes: a proxy must not grow without bound. */
function forward(from: Socket, to: Socket, fate: () => "swallow" | number): void {
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
    if (now === "swallow") return;
    after(now, () => {
      if (to.writable && !to.write(chunk)) from.pause();
    });
  });
  to.on("drain", () => from.resume());
  // A connection that swallows hides the other side's end as well.
  from.on("close", () => {
    if (fate() !== "swallow") after(0, () => to.end());
  });
}

function reset({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}

function portOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): number {
  if (address === null || typeof address === "string") throw new Error("not listening");
  return address.port;
}
