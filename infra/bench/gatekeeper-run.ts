import { join } from "node:path";
import postgres from "postgres";
import { makeKey, openKeySet } from "#lib/token/key-set.ts";
import { signToken } from "#lib/token/sign-token.ts";
import { startApp } from "../harness/app-process.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import type { ServiceUrls } from "../services/service.ts";
import type { Given } from "./bench.ts";
import { startChild } from "./child.ts";
import type { Plan, Report } from "./gatekeeper-load.ts";
import { type Meter, readUsage, startMeter } from "./process-usage.ts";
import { benchFolder } from "./servers.ts";

export interface Sizes {
  /** Tokens that are seen for the first time, and those that come before them to warm up. */
  readonly cold: number;
  readonly warmUp: number;
  /** Checks as fast as they go, and at a fixed rate. */
  readonly closed: number;
  readonly open: number;
  readonly revoked: number;
}

/** What a number of checks took. */
export interface Checked extends Report {
  readonly checks: number;
  readonly usage: ReturnType<Meter["read"]>;
}

export interface GatekeeperRun {
  readonly cold: Checked;
  readonly warm: Checked;
  readonly steady: Checked;
  /** The same load on a server that does nothing: the machine's own part. */
  readonly control: Checked;
  /** Of the steady part: checks a second. */
  readonly perS: number;
  /** Resident with nothing revoked, and with as much as `Sizes` says. */
  readonly emptyMb: number;
  readonly loadedMb: number;
}

/** Kept connections of the proxies. */
const connections = 32;
const perSMax = 10_000;
/** Where a machine does less: so much of what it does. */
const perSShare = 0.7;
/** What the load of everything leaves behind is collected by then. */
const settleMs = 3_000;
const stopMs = 10_000;

export interface Tokens {
  readonly file: string;
  /** Public halves, as a gatekeeper gets them. */
  readonly keys: string;
}

/** All tokens that one run shows; a new process knows none of them. */
export async function makeTokens(count: number): Promise<Tokens> {
  const keys = await openKeySet({ keys: [await makeKey()] });
  const tokens: string[] = [];
  while (tokens.length < count) {
    const some = Array.from({ length: Math.min(100, count - tokens.length) }, async () => {
      const ids = { sid: crypto.randomUUID(), jti: crypto.randomUUID() };
      const claims = { sub: Bun.randomUUIDv7(), provider: "google", ...ids };
      return (await signToken(keys, "access", claims, Date.now())).token;
    });
    tokens.push(...(await Promise.all(some)));
  }
  const file = join(benchFolder, "gatekeeper-tokens.txt");
  await Bun.write(file, tokens.join("\n"));
  return { file, keys: JSON.stringify(keys.jwks) };
}

/** One run on processes of its own. */
export async function measureGatekeeper(
  given: Given,
  tokens: Tokens,
  sizes: Sizes,
): Promise<GatekeeperRun> {
  await setRevoked(given.urls, 0);
  const emptyMb = await withGatekeeper(given, tokens, settledMb);
  await setRevoked(given.urls, sizes.revoked);
  return withGatekeeper(given, tokens, async (server) => {
    const loadedMb = await settledMb(server);
    const plan = { tokensFile: tokens.file, connections };
    const check = (part: Pick<Plan, "from" | "to" | "checks"> & { perS?: number }) =>
      load(given, server, { ...plan, ...part, port: server.port });
    const { warmUp, closed, open } = sizes;
    const [from, to] = [warmUp, warmUp + sizes.cold];
    await check({ from: 0, to: warmUp, checks: warmUp });
    const cold = await check({ from, to, checks: sizes.cold });
    await check({ from, to, checks: sizes.cold });
    const warm = await check({ from, to, checks: closed });
    const reached = Math.floor((warm.checks / warm.seconds) * perSShare);
    const perS = Math.min(perSMax, reached);
    const steady = await check({ from, to, checks: open, perS });
    const control = await measureControl(given, { ...plan, from, to, checks: open, perS });
    return { cold, warm, steady, control, perS, emptyMb, loadedMb };
  });
}

/** Right after the gatekeeper's turn: a shared machine is another one a minute later. */
async function measureControl(given: Given, plan: Omit<Plan, "port">): Promise<Checked> {
  const child = startChild("gatekeeper-control.ts", {});
  try {
    const port = await child.message(readPort);
    const server = { pid: child.pid, port };
    await load(given, server, { ...plan, port, checks: plan.to - plan.from });
    return await load(given, server, { ...plan, port });
  } finally {
    await child.end();
  }
}

function readPort(message: unknown): number | undefined {
  if (typeof message !== "object" || message === null || !("port" in message)) return undefined;
  return Number(message.port);
}

interface Server {
  readonly pid: number;
  readonly port: number;
}

async function load({ services }: Given, server: Server, plan: Plan): Promise<Checked> {
  const child = startChild("gatekeeper-load.ts", plan);
  const groups = [
    { name: "gatekeeper", pid: server.pid },
    { name: "load", pid: child.pid },
    ...services,
  ];
  await child.message((message) => (message === "begun" ? true : undefined));
  const meter = startMeter(groups);
  try {
    const report = await child.message(readReport);
    return { ...report, checks: plan.checks, usage: meter.read() };
  } finally {
    meter.stop();
    await child.end();
  }
}

function readReport(message: unknown): Report | undefined {
  return isReport(message) ? message.report : undefined;
}

function isReport(message: unknown): message is { report: Report } {
  return typeof message === "object" && message !== null && "report" in message;
}

async function settledMb(server: Server): Promise<number> {
  await Bun.sleep(settleMs);
  return readUsage(server).rssMb;
}

async function withGatekeeper<T>(
  { urls }: Pick<Given, "urls">,
  { keys }: Tokens,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const port = choosePort([]);
  const server = startApp({
    name: "gatekeeper",
    main: "gatekeeper",
    tree: projectFolder,
    env: {
      // `BUN_OPTIONS=--cpu-prof` profiles it.
      BUN_OPTIONS: process.env.BUN_OPTIONS,
      BUN_JSC_forceRAMSize: "1000000000",
      DATABASE_URL: urls.DATABASE_URL,
      AMQP_URL: urls.AMQP_URL,
      AUTH_MODE: "oauth",
      AUTH_KEYS: keys,
      PORT: String(port),
      LOG_LEVEL: "warn",
    },
    port,
    logFile: join(benchFolder, "gatekeeper.log"),
  });
  try {
    await server.ready();
    return await work({ pid: server.pid, port });
  } finally {
    await server.end("SIGTERM", stopMs);
  }
}

/** Makes so many sessions revoked ones, over the last three hours, and no others. */
async function setRevoked({ DATABASE_URL }: ServiceUrls, count: number): Promise<void> {
  const sql = postgres(DATABASE_URL, { max: 1, onnotice: () => undefined });
  try {
    await sql`truncate auth.revocations`;
    await sql`
      insert into auth.revocations (key, expires_at, created_at)
      select 'sid:' || gen_random_uuid(), now() + interval '3 hours',
        now() - interval '3 hours' * (${count}::float - n) / ${count}::float
      from generate_series(1, ${count}::integer) as n`;
  } finally {
    await sql.end({ timeout: 2 });
  }
}
