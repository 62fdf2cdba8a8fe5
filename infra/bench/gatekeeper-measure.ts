import { join } from "node:path";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { makeKey, openKeySet } from "#lib/token/key-set.ts";
import { signToken } from "#lib/token/sign-token.ts";
import type { AppProcess } from "../harness/app-process.ts";
import { startChild } from "../harness/child.ts";
import type { ServiceUrls } from "../services/service.ts";
import type { BenchContext } from "./bench.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";
import type { GatekeeperPlan, GatekeeperReport } from "./gatekeeper-load.ts";
import { metered, residentMb, type Usage } from "./meter.ts";
import { benchFolder, startService } from "./servers.ts";

export interface Sizes {
  /** Tokens that are seen for the first time, and those that come before them to warm up. */
  readonly cold: number;
  readonly warmUp: number;
  /** Checks as fast as they go, and at a fixed rate. */
  readonly closed: number;
  readonly open: number;
  readonly revoked: number;
  /** From a process being ready to the look at its memory. */
  readonly settleMs: number;
}

/** What a number of checks took. */
export interface Checks extends GatekeeperReport {
  readonly units: number;
  readonly usage: readonly Usage[];
}

export type GatekeeperRun = Awaited<ReturnType<typeof measureGatekeeper>>;

/** Kept connections of the proxies. */
const connections = 32;
const perSMax = 10_000;
/** Where a machine does less: so much of what it does. */
const perSShare = 0.7;
const signingMax = 100;

export type Tokens = Awaited<ReturnType<typeof makeTokens>>;

/** All tokens that one run shows; a new process knows none of them. */
export async function makeTokens(count: number) {
  const keys = await openKeySet({ keys: [await makeKey()] });
  const tokens: string[] = [];
  await forEachAtOnce(signingMax, Array.from({ length: count }), async () => {
    const ids = { sid: crypto.randomUUID(), jti: crypto.randomUUID() };
    const claims = { sub: Bun.randomUUIDv7(), provider: "google", ...ids };
    tokens.push((await signToken(keys, "access", claims, Date.now())).token);
  });
  const file = join(benchFolder, "gatekeeper-tokens.txt");
  await Bun.write(file, tokens.join("\n"));
  // Public halves, as a gatekeeper gets them.
  return { file, keys: JSON.stringify(keys.jwks) };
}

/** One run on processes of its own. */
export async function measureGatekeeper(
  { cold, warmUp, closed, open, revoked, settleMs }: Sizes,
  tokens: Tokens,
  context: BenchContext,
) {
  const { urls } = context;
  await using scope = new AsyncDisposableStack();
  const start = async (revokedCount: number) => {
    await setRevoked(urls, revokedCount);
    const env = { ...urls, AUTH_MODE: "oauth", AUTH_KEYS: tokens.keys };
    const server = scope.use(startService("gatekeeper", env));
    await server.ready();
    await Bun.sleep(settleMs);
    return server;
  };
  const empty = await start(0);
  const emptyMb = residentMb(empty);
  await empty.end("SIGTERM");
  const server = await start(revoked);
  const loadedMb = residentMb(server);
  const plan = { tokensFile: tokens.file, connections, from: warmUp, to: warmUp + cold };
  const check = (part: Pick<GatekeeperPlan, "checks"> & Partial<GatekeeperPlan>) =>
    load(context, server, { ...plan, ...part });
  await check({ from: 0, to: warmUp, checks: warmUp });
  const atFirstSight = await check({ checks: cold });
  await check({ checks: cold });
  const warm = await check({ checks: closed });
  const perS = Math.min(perSMax, Math.floor((warm.units / warm.seconds) * perSShare));
  const steady = await check({ checks: open, perS });
  const control = await measureControl(context, { ...plan, checks: open, perS });
  return {
    ...{ cold: atFirstSight, warm, steady, perS, revoked },
    /** The same load on a server that does nothing: the machine's own part. */
    control,
    /** Resident with nothing revoked, and with as much as `revoked` says. */
    ...{ emptyMb, loadedMb },
  };
}

/** Right after the gatekeeper's turn: a shared machine is another one a minute later. */
async function measureControl(
  context: BenchContext,
  plan: Omit<GatekeeperPlan, "origin">,
): Promise<Checks> {
  await using child = startChild<null, string>("infra/bench/gatekeeper-control.ts");
  const server = { pid: child.pid, origin: await child.ask(null) };
  const { perS, ...closed } = plan;
  await load(context, server, { ...closed, checks: plan.to - plan.from });
  return await load(context, server, plan);
}

async function load(
  { services }: BenchContext,
  { pid, origin }: Pick<AppProcess, "pid" | "origin">,
  plan: Omit<GatekeeperPlan, "origin">,
): Promise<Checks> {
  await using child = startChild<GatekeeperPlan, GatekeeperReport>(
    "infra/bench/gatekeeper-load.ts",
  );
  await child.ask({ ...plan, origin, checks: 0 });
  const groups = [{ name: "gatekeeper", pid }, { name: "load", pid: child.pid }, ...services];
  const [report, usage] = await metered(groups, () => child.ask({ ...plan, origin }));
  return { ...report, units: plan.checks, usage };
}

/** Makes so many sessions revoked ones, over the last three hours, and no others. */
async function setRevoked(urls: ServiceUrls, count: number): Promise<void> {
  await using sql = openPostgres(urls);
  await sql`truncate auth.revocations`;
  await sql`
    insert into auth.revocations (key, expires_at, created_at)
    select 'sid:' || gen_random_uuid(), now() + interval '3 hours',
      now() - interval '3 hours' * (${count}::float - n) / ${count}::float
    from generate_series(1, ${count}::integer) as n`;
}
