import { answerParent } from "../harness/child.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";
import { HttpConnection } from "./http-connection.ts";
import type { Job } from "./stream-emitter.ts";

/**
 * The clients of the stream benchmark, in a process of their own so that what they cost is not counted as
 * the server's. Gets a command at a time from its parent, and reports when it is done.
 */
export type StreamCommand =
  /** Opens a stream for each watch; done when every stream has received `untilSeq`. */
  | { do: "open"; watches: readonly Watch[]; untilSeq: number }
  /** Done when every stream has received `seq`, or after a minute; of `catch up`, after the cut. */
  | { do: "receive" | "catch up"; seq: number }
  /** Breaks every stream off; each reconnects after the server's `retry:`, with its last id. */
  | { do: "cut" }
  | { do: "close" };

/** A scan that is followed at a process. */
export interface Watch extends Job {
  readonly origin: string;
}

export interface StreamReport {
  /** One a stream: of `receive` ms from the event's own time, of `catch up` ms from the cut. */
  readonly ms: readonly number[];
  /** Connections so far that failed, were refused, or ended without a cut. */
  readonly refused: number;
  /** Events so far that came twice, out of order, after a gap, or not at all. */
  readonly wrong: number;
}

interface Client extends Watch {
  readonly connection: HttpConnection;
  /** How many of `seqsInOrder` it has. */
  received: number;
  retryMs: number;
  isCut: boolean;
}

/** Connections being opened at once, below a listener's usual backlog of 512. */
const connectingMax = 128;
const seqsInOrder = [0, 10, 11, 21, 30, 31, 41];
const retryMsDefault = 1_000;
const receiveMsMax = 60_000;

let clients = new Set<Client>();
/** Seq → when each stream received it, and how long after the event's own time. */
const arrivals = new Map<number, { at: number; lagMs: number }[]>();
let [cutAt, refused, wrong] = [0, 0, 0];
/** Called with each event; what the command under way waits for. */
let onReceived: (seq: number) => void = () => undefined;

if (import.meta.main) {
  answerParent(async (command: StreamCommand): Promise<StreamReport> => {
    const ms = await handle(command);
    return { ms, refused, wrong };
  });
}

async function handle(command: StreamCommand): Promise<readonly number[]> {
  switch (command.do) {
    case "open":
      await open(command.watches);
      await allReceived(command.untilSeq);
      return [];
    case "receive":
      return (await allReceived(command.seq)).map(({ lagMs }) => lagMs);
    case "cut":
      cutAt = performance.now();
      for (const client of clients) {
        client.isCut = true;
        client.connection.close();
      }
      return [];
    case "catch up":
      return (await allReceived(command.seq)).map(({ at }) => at - cutAt);
    case "close": {
      const open = clients;
      clients = new Set();
      for (const { connection } of open) connection.close();
      arrivals.clear();
      return [];
    }
  }
}

async function open(watches: readonly Watch[]): Promise<void> {
  const started = { received: 0, retryMs: retryMsDefault, isCut: false };
  clients = new Set(
    watches.map((watch) => ({
      ...watch,
      ...started,
      connection: new HttpConnection(watch.origin, { "X-User-ID": watch.userId }),
    })),
  );
  await forEachAtOnce(connectingMax, [...clients], async (client) => {
    await client.connection.connect().catch(() => undefined);
    void follow(client);
  });
}

/** Until the streams are closed, over as many connections as it takes. */
async function follow(client: Client): Promise<void> {
  const { connection, jobId } = client;
  const onEvent = (event: { id?: string | undefined; data: string }) =>
    receive(client, Number(event.id), event.data);
  const onRetry = (retryMs: number) => {
    client.retryMs = retryMs;
  };
  while (clients.has(client)) {
    client.isCut = false;
    const last = seqsInOrder[client.received - 1];
    const headers: Record<string, string> = {};
    if (last !== undefined) headers["Last-Event-ID"] = String(last);
    await connection
      .follow(`/api/v1/stream?job_id=${jobId}`, headers, { onEvent, onRetry })
      .catch(() => undefined);
    if (!clients.has(client)) return;
    if (!client.isCut) refused++;
    await Bun.sleep(client.retryMs);
  }
}

function receive(client: Client, seq: number, data: string): void {
  if (seqsInOrder[client.received] !== seq) wrong++;
  client.received = seqsInOrder.indexOf(seq) + 1;
  const all = arrivals.get(seq) ?? [];
  const lagMs = Date.now() - Number(/"ts":(\d+)/.exec(data)?.[1]);
  all.push({ at: performance.now(), lagMs });
  arrivals.set(seq, all);
  onReceived(seq);
}

/** Resolves with the arrivals of `seq` when every stream has it; a stream that has not in time never will. */
async function allReceived(seq: number) {
  const receivedMin = seqsInOrder.indexOf(seq) + 1;
  let missing = [...clients].filter(({ received }) => received < receivedMin).length;
  const all = Promise.withResolvers<void>();
  onReceived = (received) => {
    if (received === seq) missing--;
    if (missing === 0) all.resolve();
  };
  if (missing > 0) await Promise.race([all.promise, Bun.sleep(receiveMsMax)]);
  wrong += missing;
  return arrivals.get(seq) ?? [];
}
