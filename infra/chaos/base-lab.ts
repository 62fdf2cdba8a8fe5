import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import type postgres from "postgres";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import type { Random } from "#lib/testing/random.ts";
import { type AppOptions, type AppProcess, startApp } from "../harness/app-process.ts";
import { chaosFolder } from "../harness/own-servers.ts";
import { localDefaults, noLimits } from "../harness/stack.ts";
import type { ServiceUrls } from "../services/service.ts";
import { EventReader } from "./event-reader.ts";
import { type FakeModel, startFakeModel } from "./fake-model.ts";
import type { Failure, Interruption } from "./history.ts";

/** One run of a scenario. */
export interface Run {
  readonly random: Random;
  readonly seed: number;
  readonly run: string;
}

export interface LabOptions<Servers> extends Run {
  readonly servers: Servers;
  /** Where the processes' code lies. Default: this project. */
  readonly tree?: string | undefined;
  /** A Redis that event routers publish to. Default: edge reads the event streams itself. */
  readonly pubsubUrl?: string | undefined;
}

export type Environment = Readonly<Record<string, string>>;

/** What every lab has: the system's processes, a fake model server, and a record of what was interrupted. */
export abstract class BaseLab<Servers extends { readonly urls: ServiceUrls }> {
  readonly servers: Servers;
  random: Random;
  readonly seed: number;
  run: string;
  readonly model: FakeModel;
  readonly interruptions: Interruption[] = [];
  /** Where a scenario has more than one fault: what each cost is told apart by these. */
  failures: Failure[] = [];
  exits: string[] = [];
  readonly reader = new EventReader();
  readonly logFolder: string;
  /** Where clients reach the system. */
  abstract readonly origin: string;
  redis: Redis;
  readonly #tree: string | undefined;
  readonly #expectedToEnd = new Set<AppProcess>();
  readonly #onStop: (() => Promise<void>)[] = [];
  #started = 0;

  /** @param host address that the processes reach the model server at */
  constructor({ servers, random, seed, run, tree }: LabOptions<Servers>, host?: string) {
    this.servers = servers;
    this.random = random;
    this.seed = seed;
    this.run = run;
    this.model = startFakeModel(random.fork("model"), host);
    this.redis = connectRedis(servers.urls.REDIS_URL);
    this.#tree = tree;
    this.logFolder = join(chaosFolder, "logs", run);
    mkdirSync(this.logFolder, { recursive: true });
  }

  /** Resolves when all processes are ready. */
  abstract start(workers: number): Promise<void>;
  abstract stop(): Promise<void>;

  /** @param replace starts another one when it ends by itself */
  protected startProcess(
    main: "edge" | "worker" | "event-router",
    options: Pick<AppOptions, "host" | "port" | "command" | "args" | "env">,
    replace: () => void,
  ): AppProcess {
    const name = `${main}-${++this.#started}`;
    const env = {
      ...localDefaults,
      LOG_LEVEL: "warn",
      VISION_CACHE_TTL: "0",
      ...noLimits,
      ...options.env,
    };
    const logFile = join(this.logFolder, `${name}.log`);
    const app = startApp({ ...options, name, main, tree: this.#tree, env, logFile });
    void app.exited.then((code) => {
      if (this.#expectedToEnd.has(app)) return;
      this.exits.push(`${name} ended by itself with ${code}`);
      // As Kubernetes does: one crash is one breach, not the end of everything.
      replace();
    });
    return app;
  }

  /** Its end is no breach. */
  protected mayEnd(app: AppProcess): void {
    this.#expectedToEnd.add(app);
  }

  /** SIGTERM, as a rolling update does it. Anything but a clean exit in time is a breach. */
  async terminate(app: AppProcess, withinMs: number): Promise<void> {
    this.mayEnd(app);
    const code = await app.end("SIGTERM", withinMs);
    if (code !== 0) this.exits.push(`${app.name} exited with ${code} on SIGTERM`);
  }

  interrupted(kind: Interruption["kind"], from: number, to = Date.now()): void {
    this.interruptions.push({ kind, from, to });
  }

  async interrupt(kind: Interruption["kind"], fault: () => Promise<void>): Promise<void> {
    const from = Date.now();
    await fault();
    this.interrupted(kind, from);
  }

  /** Does it so many times, with a pause of a random length after each. */
  async repeat(
    times: number,
    [pauseMsMin, pauseMsMax]: readonly [number, number],
    work: (i: number) => Promise<void> | void,
  ): Promise<void> {
    for (let i = 0; i < times; i++) {
      await work(i);
      await Bun.sleep(this.random.between(pauseMsMin, pauseMsMax));
    }
  }

  /** Runs queries on the suite's database, directly. */
  async query<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    await using sql = openPostgres(this.servers.urls);
    return await work(sql);
  }

  /** Reads new events; when Redis is down, the next call reads them. */
  async readEvents(): Promise<void> {
    await this.reader.read(this.redis).catch(() => undefined);
  }

  /** What a scenario has started beside the services ends after everything that uses it. */
  onStop(end: () => Promise<void>): void {
    this.#onStop.push(end);
  }

  /** Ends the processes in order, while everything they use still runs. */
  protected async stopProcesses(apps: readonly (AppProcess | undefined)[]): Promise<void> {
    const running = apps.filter((app) => app?.isRunning === true);
    await Promise.all(running.map((app) => app && this.terminate(app, stopMs)));
    await this.model.stop();
  }

  protected async close(): Promise<void> {
    this.redis.disconnect();
    for (const end of this.#onStop) await end();
  }
}

/** Nothing is in flight then. */
const stopMs = 15_000;

export function connectRedis(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 100 });
  // The suite kills it on purpose.
  redis.on("error", () => undefined);
  return redis;
}
