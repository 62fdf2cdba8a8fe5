import { join } from "node:path";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { wipe } from "#lib/testing/wipe.ts";
import type { AppProcess } from "../harness/app-process.ts";
import { createLinks, type Links } from "../harness/links.ts";
import { chaosFolder, type OwnServers } from "../harness/own-servers.ts";
import { choosePort } from "../services/port.ts";
import { BaseLab, connectRedis, type Environment, type LabOptions } from "./base-lab.ts";

/** A lab for one run, on services that know nothing of the run before. */
export async function openLab(options: LabOptions<OwnServers>): Promise<Lab> {
  await wipe(options.servers.urls);
  return new Lab(options);
}

/**
 * The system of one run: edge and workers as real processes, a fake model server, and a proxy on every
 * connection to a backing service. A scenario breaks it by these methods, which also record what they
 * interrupted.
 */
export class Lab extends BaseLab<OwnServers> {
  /** The workers' connections to the services, and the edge's. */
  readonly workerLinks: Links;
  readonly edgeLinks: Links;
  readonly bothLinks: readonly Links[];
  readonly workers: AppProcess[] = [];
  readonly routers: AppProcess[] = [];
  /** The edge's connection to what event routers publish. */
  readonly heardFrom: TcpProxy | undefined;
  readonly edgePort = choosePort([]);
  readonly origin = `http://127.0.0.1:${this.edgePort}`;
  edge: AppProcess | undefined;
  readonly #pubsubUrl: string | undefined;
  readonly #links: Links[] = [];

  constructor(options: LabOptions<OwnServers>) {
    super(options);
    this.#pubsubUrl = options.pubsubUrl;
    this.heardFrom = options.pubsubUrl === undefined ? undefined : startTcpProxy(options.pubsubUrl);
    this.workerLinks = this.addLinks();
    this.edgeLinks = this.addLinks();
    this.bothLinks = [this.workerLinks, this.edgeLinks];
  }

  async start(workers: number): Promise<void> {
    const started = Array.from({ length: workers }, () => this.startWorker());
    const routers = this.#pubsubUrl === undefined ? [] : [this.startRouter()];
    await Promise.all([this.startEdge(), ...routers, ...started].map((one) => one.ready()));
  }

  startEdge(): AppProcess {
    const env = {
      ...this.edgeLinks.urls,
      ...(this.heardFrom && { EVENTS_SOURCE: "pubsub", PUBSUB_REDIS_URL: this.heardFrom.url }),
      IMAGE_DIR: join(chaosFolder, "images"),
    };
    this.edge = this.startProcess("edge", { port: this.edgePort, env }, () => this.startEdge());
    return this.edge;
  }

  startWorker(env: Environment = {}, links = this.workerLinks): AppProcess {
    const port = choosePort([this.edgePort]);
    const urls = { ...links.urls, PUBLIC_URL: this.origin, OPENAI_BASE_URL: this.model.url };
    const options = { port, env: { ...urls, ...env } };
    const worker = this.startProcess("worker", options, () => this.startWorker());
    this.workers.push(worker);
    return worker;
  }

  startRouter(): AppProcess {
    const env = { ...this.workerLinks.urls, PUBSUB_REDIS_URL: this.#pubsubUrl ?? "" };
    const options = { port: choosePort([this.edgePort]), env };
    const router = this.startProcess("event-router", options, () => this.startRouter());
    this.routers.push(router);
    return router;
  }

  /** Connections of their own for some processes, so that they alone can lose the services. */
  addLinks(): Links {
    const links = createLinks(this.servers.urls);
    this.#links.push(links);
    return links;
  }

  /** SIGKILL, as the machine's out-of-memory killer does it. */
  async kill(app: AppProcess): Promise<void> {
    this.mayEnd(app);
    const from = Date.now();
    await app.end("SIGKILL");
    if (this.workers.includes(app)) this.interrupted("worker", from);
  }

  /** Announces that a worker will die at a crash point. */
  expectDeath(app: AppProcess): Promise<void> {
    this.mayEnd(app);
    return app.exited.then(() => this.interrupted("worker", Date.now()));
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

  async stop(): Promise<void> {
    for (const links of this.#links) links.heal();
    await this.stopProcesses([...this.workers, ...this.routers, this.edge]);
    for (const links of this.#links) links.stop();
    this.heardFrom?.stop();
    await this.close();
  }
}
