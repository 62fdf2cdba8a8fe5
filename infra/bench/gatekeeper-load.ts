import type { Socket } from "bun";
import * as v from "valibot";

/**
 * The proxies of the gatekeeper's benchmark, in a process of their own so that what they cost is counted
 * apart: kept connections, one check at a time on each, as Envoy asks. Gets its plan as its only argument,
 * says `begun` to its parent when all connections stand, and last what it has seen.
 */
const Plan = v.object({
  port: v.number(),
  /** One access token a line. */
  tokensFile: v.string(),
  /** Those to use: from, and up to but without. */
  from: v.number(),
  to: v.number(),
  connections: v.number(),
  /** How many checks. Tokens are used in turn, over and over. */
  checks: v.number(),
  /** Checks due a second, evenly, whatever has been answered; absent: each connection asks again at once. */
  perS: v.exactOptional(v.number()),
});
export type Plan = v.InferOutput<typeof Plan>;

export const percentiles = [...Array.from({ length: 99 }, (_, i) => i + 1), 99.5, 99.9, 100];

export interface Report {
  readonly seconds: number;
  /** Answered with anything but 200. */
  readonly refused: number;
  /** Of `percentiles`: ms from when a check was due to its answer. */
  readonly latenciesMs: readonly number[];
}

if (import.meta.main) {
  const report = await runLoad(v.parse(Plan, JSON.parse(process.argv[2] ?? "")));
  process.send?.({ report });
  process.disconnect?.();
  process.exit(0);
}

async function runLoad(plan: Plan): Promise<Report> {
  const requests = await readRequests(plan);
  const latencies: number[] = [];
  const free: Connection[] = [];
  const over = Promise.withResolvers<void>();
  let [asked, refused, startedAt] = [0, 0, 0];
  const dueAt = ({ perS }: Plan) =>
    perS === undefined ? performance.now() : startedAt + (asked * 1_000) / perS;

  function ask(connection: Connection): void {
    connection.dueAt = dueAt(plan);
    connection.send(requests[asked++ % requests.length] ?? requests[0]);
  }
  function onAnswer(connection: Connection, isAllowed: boolean): void {
    latencies.push(performance.now() - connection.dueAt);
    if (!isAllowed) refused++;
    if (latencies.length === plan.checks) over.resolve();
    else if (asked < plan.checks && (plan.perS === undefined || isDue())) ask(connection);
    else free.push(connection);
  }
  const isDue = () => dueAt(plan) <= performance.now();

  for (let i = 0; i < plan.connections; i++) {
    free.push(await connect(plan.port, onAnswer, over.reject));
  }
  process.send?.("begun");
  startedAt = performance.now();
  const turn = (): void => {
    while (asked < plan.checks && isDue()) {
      const connection = free.pop();
      if (!connection) break;
      ask(connection);
    }
    // No timer: its millisecond would be counted as the gatekeeper's.
    if (asked < plan.checks && plan.perS !== undefined) setImmediate(turn);
  };
  turn();
  await over.promise;
  const seconds = (performance.now() - startedAt) / 1_000;
  // Sorted once: the rest of the run waits, and the load's CPU is counted.
  const sorted = Float64Array.from(latencies).sort();
  const rank = (p: number) => Math.ceil((p * sorted.length) / 100) - 1;
  return { seconds, refused, latenciesMs: percentiles.map((p) => sorted[rank(p)] ?? Number.NaN) };
}

async function readRequests({ tokensFile, from, to }: Plan): Promise<Buffer[]> {
  const tokens = (await Bun.file(tokensFile).text()).split("\n").slice(from, to);
  return tokens.map((token) =>
    Buffer.from(
      "GET /authz/api/v1/scan?limit=20 HTTP/1.1\r\nHost: gatekeeper\r\n" +
        `Authorization: Bearer ${token}\r\nOrigin: http://127.0.0.1\r\n\r\n`,
    ),
  );
}

interface Connection {
  dueAt: number;
  send(request: Buffer | undefined): void;
}

async function connect(
  port: number,
  onAnswer: (connection: Connection, isAllowed: boolean) => void,
  onLost: (reason: Error) => void,
): Promise<Connection> {
  let opened: Socket | undefined;
  const connection: Connection = {
    dueAt: 0,
    send: (request) => void (request && opened?.write(request)),
  };
  opened = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      // An answer that lets through is a head of a few hundred bytes, and so one piece.
      data: (_, bytes) => onAnswer(connection, bytes.toString("latin1", 9, 12) === "200"),
      close: () => onLost(new Error("the gatekeeper has closed a connection")),
    },
  });
  return connection;
}
