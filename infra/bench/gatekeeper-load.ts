import { answerParent } from "../harness/child.ts";
import { HttpConnection } from "./http-connection.ts";
import { percentileRanks, percentiles } from "./statistics.ts";

/**
 * The proxies of the gatekeeper's benchmark, in a process of their own so that what they cost is counted
 * apart: kept connections, one check at a time on each, as Envoy asks. The connections are opened, and the
 * requests made, by the first plan.
 */
export interface GatekeeperPlan {
  readonly origin: string;
  readonly connections: number;
  /** One access token a line. */
  readonly tokensFile: string;
  /** Those to use: from, and up to but without. */
  readonly from: number;
  readonly to: number;
  /** How many checks. Tokens are used in turn, over and over. */
  readonly checks: number;
  /** Checks due a second, evenly, whatever has been answered; absent: each connection asks again at once. */
  readonly perS?: number;
}

export type GatekeeperReport = Awaited<ReturnType<typeof runLoad>>;

let connections: readonly HttpConnection[] = [];
let requests: readonly string[] = [];
if (import.meta.main) {
  answerParent(async (plan: GatekeeperPlan) => {
    if (connections.length === 0) {
      connections = Array.from({ length: plan.connections }, () => new HttpConnection(plan.origin));
      await Promise.all(connections.map((connection) => connection.connect()));
      requests = await readRequests(plan);
    }
    return runLoad(plan);
  });
}

async function runLoad({ checks, perS }: GatekeeperPlan) {
  const latencies: number[] = [];
  const free = [...connections];
  const over = Promise.withResolvers<void>();
  let [sent, refused] = [0, 0];
  const startedAt = performance.now();
  const nextDueAt = () =>
    perS === undefined ? performance.now() : startedAt + (sent * 1_000) / perS;
  const isDue = () => sent < checks && nextDueAt() <= performance.now();
  const ask = async (connection: HttpConnection): Promise<void> => {
    while (isDue()) {
      const dueAt = nextDueAt();
      const { status } = await connection.send(requests[sent++ % requests.length] ?? "");
      latencies.push(performance.now() - dueAt);
      if (status !== 200) refused++;
    }
    free.push(connection);
    if (latencies.length === checks) over.resolve();
  };
  const dispatch = (): void => {
    while (isDue()) {
      const connection = free.pop();
      if (!connection) break;
      ask(connection).catch(over.reject);
    }
    // No timer: its millisecond would be counted as the gatekeeper's.
    if (sent < checks && perS !== undefined) setImmediate(dispatch);
  };
  dispatch();
  if (checks > 0) await over.promise;
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    seconds,
    /** Checks whose status was not 200. */
    refused,
    /** Of `percentileRanks`: ms from when a check was due to its response. */
    latenciesMs: percentiles(latencies, percentileRanks),
  };
}

async function readRequests({ origin, tokensFile, from, to }: GatekeeperPlan): Promise<string[]> {
  const tokens = (await Bun.file(tokensFile).text()).split("\n").slice(from, to);
  const proxy = new HttpConnection(origin, { Origin: "http://127.0.0.1" });
  return tokens.map((token) =>
    proxy.encode({
      method: "GET",
      path: "/authz/api/v1/scan?limit=20",
      headers: { Authorization: `Bearer ${token}` },
    }),
  );
}
