import { answerParent } from "../harness/child.ts";
import { type Applied, applyLoad } from "./apply-load.ts";
import { HttpConnection } from "./http-connection.ts";

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

export interface GatekeeperReport extends Applied {
  /** Checks whose status was not 200. */
  readonly refused: number;
}

let askers: (() => Promise<void>)[] = [];
let refused = 0;
if (import.meta.main) {
  answerParent(async (plan: GatekeeperPlan): Promise<GatekeeperReport> => {
    if (askers.length === 0) askers = await openAskers(plan);
    refused = 0;
    const applied = await applyLoad(askers, plan.checks, plan.perS);
    return { ...applied, refused };
  });
}

async function openAskers(plan: GatekeeperPlan) {
  const { origin } = plan;
  const connections = Array.from({ length: plan.connections }, () => new HttpConnection(origin));
  await Promise.all(connections.map((connection) => connection.connect()));
  const requests = await readRequests(plan);
  let sent = 0;
  return connections.map((connection) => async () => {
    const { status } = await connection.send(requests[sent++ % requests.length] ?? "");
    if (status !== 200) refused++;
  });
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
