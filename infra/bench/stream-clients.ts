import type { Command, Report, Watch } from "./stream-messages.ts";
import { StreamReader } from "./stream-reader.ts";

/**
 * The clients of the stream benchmark, in a process of their own so that what they cost is not counted
 * as the server's. Raw sockets: as many `fetch` streams would cost more than the server under test.
 */

/** Connections being opened at once, below a listener's usual backlog of 512. */
const connectingMax = 128;
const seqsInOrder = [0, 10, 11, 21, 30, 31, 41];

interface Client extends Watch {
  reader: StreamReader;
  /** How many of `seqsInOrder` it has heard. */
  heard: number;
  isOpen: boolean;
}
type Socket = Bun.Socket<Client>;

let port = 0;
let clients: Client[] = [];
const sockets = new Map<Client, Socket>();
/** Seq → when each stream heard it, and how long after the event's own time. */
const arrivals = new Map<number, { at: number; lagMs: number }[]>();
let cutAt = 0;
let refused = 0;
let wrong = 0;
/** Called with each event; what the command in progress waits for. */
let onHeard: (seq: number) => void = () => undefined;

process.on("message", (command: Command) => {
  void obey(command).then((ms) => {
    const report: Report = { ms, refused, wrong };
    process.send?.(report);
  });
});

async function obey(command: Command): Promise<readonly number[]> {
  switch (command.do) {
    case "open":
      port = command.port;
      clients = command.watches.map((watch) => ({
        ...watch,
        reader: new StreamReader(),
        heard: 0,
        isOpen: false,
      }));
      return open(command.untilSeq);
    case "hear":
      return (await allHeard(command.seq)).map(({ lagMs }) => lagMs);
    case "cut":
      cut();
      return [];
    case "catch up":
      return (await allHeard(command.seq)).map(({ at }) => at - cutAt);
    case "close":
      for (const client of clients) hangUp(client);
      clients = [];
      arrivals.clear();
      return [];
  }
}

async function open(untilSeq: number): Promise<readonly number[]> {
  const waiting = clients.values();
  await Promise.all(
    Array.from({ length: connectingMax }, async () => {
      for (const client of waiting) await connect(client);
    }),
  );
  await allHeard(untilSeq);
  return [];
}

function cut(): void {
  cutAt = performance.now();
  for (const client of clients) {
    hangUp(client);
    comeBack(client);
  }
}

/** Resolves when every client has heard `seq`. */
async function allHeard(seq: number) {
  const heardMin = seqsInOrder.indexOf(seq) + 1;
  let missing = clients.filter(({ heard }) => heard < heardMin).length;
  await new Promise<void>((resolve) => {
    onHeard = (heardSeq) => {
      if (heardSeq === seq) missing--;
      if (missing === 0) resolve();
    };
    if (missing === 0) resolve();
  });
  return arrivals.get(seq) ?? [];
}

async function connect(client: Client): Promise<void> {
  client.isOpen = true;
  try {
    await Bun.connect<Client>({ hostname: "127.0.0.1", port, data: client, socket: handlers });
  } catch {
    refused++;
    client.isOpen = false;
    comeBack(client);
  }
}

function comeBack(client: Client): void {
  setTimeout(() => void connect(client), client.reader.retryMs);
}

function hangUp(client: Client): void {
  client.isOpen = false;
  sockets.get(client)?.terminate();
  sockets.delete(client);
}

const handlers: Bun.SocketHandler<Client> = {
  open(socket) {
    const client = socket.data;
    client.reader = new StreamReader();
    sockets.set(client, socket);
    const last = seqsInOrder[client.heard - 1];
    const resume = last === undefined ? "" : `Last-Event-ID: ${last}\r\n`;
    socket.write(
      `GET /api/v1/stream?job_id=${client.jobId} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        `Accept: text/event-stream\r\nX-User-ID: ${client.userId}\r\n${resume}\r\n`,
    );
  },
  data(socket, bytes) {
    const client = socket.data;
    client.reader.push(bytes.toString("latin1"), (seq, data) => hear(client, seq, data));
    if (client.reader.status !== 200 && client.reader.status !== 0) socket.terminate();
  },
  close(socket) {
    const client = socket.data;
    if (!client.isOpen || sockets.get(client) !== socket) return;
    // Not our doing: the server refused it, or cut it.
    refused++;
    hangUp(client);
    comeBack(client);
  },
};

function hear(client: Client, seq: number, data: string): void {
  if (seqsInOrder[client.heard] !== seq) wrong++;
  client.heard = seqsInOrder.indexOf(seq) + 1;
  const all = arrivals.get(seq) ?? [];
  const lagMs = Date.now() - Number(/"ts":(\d+)/.exec(data)?.[1]);
  all.push({ at: performance.now(), lagMs });
  arrivals.set(seq, all);
  onHeard(seq);
}
