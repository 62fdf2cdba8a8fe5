import * as v from "valibot";
import { HttpConnection } from "./http-connection.ts";
import { percentileRanks } from "./statistics.ts";

/**
 * The proxies of the gatekeeper's benchmark, in a process of their own so that what they cost is counted
 * apart: kept connections, one check at a time on each, as Envoy asks. Gets its plan as its only argument,
 * sends `begun` to its parent when all connections are open, and last its report.
 */
const GatekeeperPlan = v.object({
  origin: v.string(),
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
export type GatekeeperPlan = v.InferOutput<typeof GatekeeperPlan>;

export const GatekeeperReport = v.object({
  seconds: v.number(),
  /** Checks whose status was not 200. */
  refused: v.number(),
  /** Of `percentileRanks`: ms from when a check was due to its response. */
  latenciesMs: v.array(v.number()),
});

if (import.meta.main) {
  const report = await runLoad(v.parse(GatekeeperPlan, JSON.parse(process.argv[2] ?? "")));
  process.send?.(report);
  process.disconnect?.();
  process.exit(0);
}

async function runLoad(plan: GatekeeperPlan): Promise<v.InferOutput<typeof GatekeeperReport>> {
  const { origin, checks, perS } = plan;
  const connections = Array.from({ length: plan.connections }, () => new HttpConnection(origin));
  await Promise.all(connections.map((connection) => connection.connect()));
  const requests = await readRequests(plan);
  process.send?.("begun");
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
  await over.promise;
  const seconds = (performance.now() - startedAt) / 1_000;
  // Sorted once: the rest of the run waits, and the load's CPU is counted.
  const sorted = Float64Array.from(latencies).sort();
  const rank = (p: number) => Math.ceil((p * sorted.length) / 100) - 1;
  const latenciesMs = percentileRanks.map((p) => sorted[rank(p)] ?? Number.NaN);
  return { seconds, refused, latenciesMs };
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
