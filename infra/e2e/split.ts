import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { argsOf, SERVICE_NAMES, type ServiceName } from "../k8s/processes.ts";
import { choosePort } from "../services/port.ts";

export type Split = Awaited<ReturnType<typeof startSplit>>;

/** Longer than a proxy takes to see that readiness fails. */
const stopWaitS = "2";

/** Every service as a process of its own, and a worker, as in production. */
export async function startSplit(publicUrl: string, settings: Readonly<Record<string, string>>) {
  await migrate(serviceUrls.DATABASE_URL);
  const folder = mkdtempSync(join(tmpdir(), "eco2-split-"));
  // So that a load of scans leaves some of the machine to the processes that start.
  const slowly = { delayMs: 150 };
  const replies = { vision: { ...petVision, ...slowly }, answer: { ...petAnswer, ...slowly } };
  const model = startOpenAiServer(replies);
  const env = {
    ...serviceUrls,
    LOG_LEVEL: "error",
    NODE_ENV: "production",
    AUTH_MODE: "oauth",
    INTERNAL_SECRET: crypto.randomUUID(),
    UPLOAD_SECRET: crypto.randomUUID(),
    IMAGE_DIR: folder,
    PUBLIC_URL: publicUrl,
    TRUSTED_PROXY_HOPS: "1",
    STOP_WAIT_S: stopWaitS,
    OPENAI_BASE_URL: model.url,
    VISION_CACHE_TTL: "0",
    ...settings,
  };
  const taken: number[] = [];
  const newPort = () => {
    const port = choosePort(taken);
    taken.push(port);
    return port;
  };
  const mains = [...SERVICE_NAMES, "worker"] as const;
  /** Where the processes of before and after a roll are. */
  const ports = new Map(mains.map((main) => [main, [newPort(), newPort()] as const]));
  let generation: 0 | 1 = 0;
  const started: AppProcess[] = [];
  /** Two at a time: beside a load, eight at once would keep each other from becoming ready. */
  const startAll = async (): Promise<AppProcess[]> => {
    const from = started.length;
    for (let i = 0; i < mains.length; i += 2) {
      const pair = mains.slice(i, i + 2).map((main) => {
        const port = ports.get(main)?.[generation] ?? newPort();
        return startApp({ main, args: argsOf(main), env, port });
      });
      started.push(...pair);
      await Promise.all(pair.map((app) => app.ready()));
    }
    return started.slice(from);
  };
  let apps = await startAll();
  const at = (name: ServiceName, which: readonly (0 | 1)[]) =>
    which.map((one) => `127.0.0.1:${ports.get(name)?.[one]}`);
  return {
    model,
    /** Of each service where it is now, or wherever it may be. */
    servers: (where: "now" | "ever"): Record<ServiceName, string[]> => {
      const which = where === "now" ? [generation] : ([0, 1] as const);
      const all = SERVICE_NAMES.map((name) => [name, at(name, which)]);
      return Object.fromEntries(all);
    },
    /**
     * Every process is replaced by one on another port, as an update of a Deployment does: the new one is ready,
     * proxies are told, the old one gets its signal. @returns exit codes of the old ones
     */
    roll: async (tellProxies: () => Promise<void>): Promise<number[]> => {
      const before = apps;
      generation = generation === 0 ? 1 : 0;
      apps = await startAll();
      await tellProxies();
      return Promise.all(before.map((app) => app.end("SIGTERM", 60_000)));
    },
    stop: async (): Promise<void> => {
      await Promise.all(started.map((app) => app.end("SIGKILL")));
      await model.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
