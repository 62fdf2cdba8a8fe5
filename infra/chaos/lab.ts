import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import type postgres from "postgres";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import type { Random } from "#lib/testing/random.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { createLinks, type Links } from "../harness/links.ts";
import { chaosFolder, type OwnServers } from "../harness/own-servers.ts";
import { localDefaults } from "../harness/stack.ts";
import { choosePort } from "../services/port.ts";
import { EventReader } from "./event-reader.ts";
import { type FakeModel, startFakeModel } from "./fake-model.ts";
import type { Interruption } from "./history.ts";

export interface LabOptions {
  readonly servers: OwnServers;
  readonly random: Random;
  readonly seed: number;
  readonly run: string;
  /** Where the processes' code lies. Default: this project. */
  readonly tree?: string | undefined;
}

type Environment = Readonly<Record<string, string>>;

/**
 * The system of one run: edge and workers as real processes, a fake model server, and a proxy on every
 * connection to a backing service. A scenario breaks it by these methods, which also record what they
 * interrupted.
 */
export class Lab {
  readonly servers: OwnServers;
  readonly random: Random;
  readonly seed: number;
  readonly run: string;
  readonly model: FakeModel;
  /** The workers' connections to the services, and the edge's. */
  readonly workerLinks: Links;
  readonly edgeLinks: Links;
  readonly bothLinks: readonly Links[];
  readonly workers: AppProcess[] = [];
  readonly interruptions: Interruption[] = [];
  readonly exits: string[] = [];
  readonly reader = new EventReader();
  readonly edgePort = choosePort([]);
  readonly origin = `http://127.0.0.1:${this.edgePort}`;
  readonly logFolder: string;
  edge: AppProcess | undefined;
  redis: Redis;
  readonly #tree: string | undefined;
  readonly #expectedToEnd = new Set<AppProcess>();
  readonly #links: Links[] = [];
  readonly #onStop: (() => Promise<void>)[] = [];
  #started = 0;

  constructor({ servers, random, seed, run, tree }: LabOptions) {
    this.servers = servers;
    this.random = random;
    this.seed = seed;
    this.run = run;
    this.model = startFakeModel(random.fork("model"));
    this.workerLinks = this.addLinks();
    this.edgeLinks = this.addLinks();
    this.bothLinks = [this.workerLinks, this.edgeLinks];
    this.redis = connectRedis(servers.urls.REDIS_URL);
    this.#tree = tree;
    this.logFolder = join(chaosFolder, "logs", run);
    mkdirSync(this.logFolder, { recursive: true });
  }

  async start(workers: number): Promise<void> {
    const started = Array.from({ length: workers }, () => this.startWorker());
    await Promise.all([this.startEdge(), ...started].map((one) => one.ready()));
  }

  startEdge(): AppProcess {
    this.edge = this.#start("edge", this.edgePort, {
      ...this.edgeLinks.urls,
      IMAGE_DIR: join(chaosFolder, "images"),
      // All requests come from one address: a limit would hide what is tested.
      SIGN_INS_PER_MINUTE_PER_IP: "0",
    });
    return this.edge;
  }

  startWorker(env: Environment = {}, links = this.workerLinks): AppProcess {
    const worker = this.#start("worker", choosePort([this.edgePort]), {
      ...links.urls,
      PUBLIC_URL: this.origin,
      OPENAI_BASE_URL: this.model.url,
      ...env,
    });
    this.workers.push(worker);
    return worker;
  }

  #start(main: "edge" | "worker", port: number, env: Environment): AppProcess {
    const name = `${main}-${++this.#started}`;
    const logFile = join(this.logFolder, `${name}.log`);
    const shared = {
      ...localDefaults,
      LOG_LEVEL: "warn",
      VISION_CACHE_TTL: "0",
      // A few users make all the load.
      SCANS_IN_FLIGHT_PER_USER: "0",
      CHATS_IN_FLIGHT_PER_USER: "0",
      SUBMITS_PER_MINUTE_PER_USER: "0",
      MESSAGES_PER_MINUTE_PER_USER: "0",
      ...env,
    };
    const app = startApp({ name, main, tree: this.#tree, env: shared, port, logFile });
    void app.exited.then((code) => {
      if (this.#expectedToEnd.has(app)) return;
      this.exits.push(`${name} ended by itself with ${code}`);
      // As Kubernetes does: one crash is one breach, not the end of everything.
      if (main === "worker") this.startWorker();
      else this.startEdge();
    });
    return app;
  }

  /** Connections of their own for some processes, so that they alone can lose the services. */
  addLinks(): Links {
    const links = createLinks(this.servers.urls);
    this.#links.push(links);
    return links;
  }

  /** SIGKILL, as the machine's out-of-memory killer does it. */
  async kill(app: AppProcess): Promise<void> {
    this.#expectedToEnd.add(app);
    const from = Date.now();
    await app.end("SIGKILL");
    if (app !== this.edge) this.interrupted("worker", from);
  }

  /** Announces that a worker will die at a crash point. */
  expectDeath(app: AppProcess): Promise<void> {
    this.#expectedToEnd.add(app);
    return app.exited.then(() => this.interrupted("worker", Date.now()));
  }

  /** SIGTERM, as a rolling update does it. Anything but a clean exit in time is a breach. */
  async terminate(app: AppProcess, withinMs: number): Promise<void> {
    this.#expectedToEnd.add(app);
    const code = await app.end("SIGTERM", withinMs);
    if (code !== 0) this.exits.push(`${app.name} exited with ${code} on SIGTERM`);
  }

  async restartServices(): Promise<void> {
    const before = this.servers.urls.REDIS_URL;
    await this.servers.restart();
    const { urls } = this.servers;
    for (const links of this.#links) links.setUpstream(urls);
    if (urls.REDIS_URL === before) return;
    this.redis.disconnect();
    this.redis = connectRedis(urls.REDIS_URL);
  }

  interrupted(kind: Interruption["kind"], from: number, to = Date.now()): void {
    this.interruptions.push({ kind, from, to });
  }

  async interrupt(kind: Interruption["kind"], fault: () => Promise<void>): Promise<void> {
    const from = Date.now();
    await fault();
    this.interrupted(kind, from);
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

  async stop(): Promise<void> {
    for (const links of this.#links) links.heal();
    const running = [...this.workers, this.edge].filter((app) => app?.isRunning === true);
    await Promise.all(running.map((app) => app && this.terminate(app, stopMs)));
    await this.model.stop();
    for (const links of this.#links) links.stop();
    this.redis.disconnect();
    for (const end of this.#onStop) await end();
  }
}

/** Nothing is in flight then. */
const stopMs = 15_000;

function connectRedis(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 100 });
  // The suite kills it on purpose.
  redis.on("error", () => undefined);
  return redis;
}
