import { join } from "node:path";
import { until } from "#lib/testing/until.ts";
import type { AppProcess } from "../../harness/app-process.ts";
import { chaosFolder } from "../../harness/own-servers.ts";
import { BaseLab, type LabOptions, type Run } from "../base-lab.ts";
import type { Interruption } from "../history.ts";
import type { Cluster } from "./cluster.ts";
import { ports } from "./front.ts";
import type { Machine } from "./machines.ts";

const mains = ["edge", "worker"] as const;
type Main = (typeof mains)[number];

/** The same lab for every run: its processes have to outlive all that happens to the cluster. */
export function openClusterLab() {
  let lab: ClusterLab | undefined;
  return (options: LabOptions<Cluster>): ClusterLab => {
    lab ??= new ClusterLab(options);
    return lab.begin(options);
  };
}

/** Of a process that drains: models answer within a quarter of a second, and the front notices within two. */
const stopMs = 30_000;
const frontNoticesS = "3";

/**
 * The system on several machines: a worker on each, of which the last one serves two queues alone, and an edge on
 * each of the first two. Everything is reached through the front.
 */
export class ClusterLab extends BaseLab<Cluster> {
  readonly origin: string;
  readonly #apps = new Map<Machine, Partial<Record<Main, AppProcess>>>();

  constructor(options: LabOptions<Cluster>) {
    super({ ...options, run: "cluster" }, options.servers.host);
    this.origin = options.servers.origin;
  }

  /** What is observed from now on is the next run's. */
  begin({ random, run }: Run): this {
    return Object.assign(this, { random, run, failures: [], exits: [] });
  }

  async start(): Promise<void> {
    for (const machine of this.servers.machines) this.startApps(machine);
    await Promise.all(this.#all.map((app) => app.ready()));
    // The front asks the edges once a second.
    await until(async () => (await fetch(`${this.origin}/readyz`)).ok, { pollMs: 100 });
  }

  /** All processes that the machine is to have. */
  startApps(machine: Machine): void {
    for (const main of this.hasEdge(machine) ? mains : mains.slice(1)) {
      if (!this.#apps.get(machine)?.[main]?.isRunning) this.startApp(machine, main);
    }
  }

  hasEdge(machine: Machine): boolean {
    return this.servers.machines.indexOf(machine) < this.servers.machines.length - 1;
  }

  startApp(machine: Machine, main: Main): AppProcess {
    const env = {
      ...this.servers.urls,
      HOST: machine.address,
      // As the manifests have it: the primary of a store may just be changing.
      BOOT_WAIT_S: "60",
      PUBLIC_URL: this.origin,
      OPENAI_BASE_URL: this.model.url,
      ...(main === "edge"
        ? {
            IMAGE_DIR: join(chaosFolder, "images"),
            SIGN_INS_PER_MINUTE_PER_IP: "0",
            STOP_WAIT_S: frontNoticesS,
            // What one edge signs the other one checks.
            UPLOAD_SECRET: this.servers.plan.password.repeat(2),
          }
        : {}),
    };
    const isNarrow = main === "worker" && !this.hasEdge(machine);
    const app = this.startProcess(
      main,
      {
        host: machine.address,
        port: ports[main],
        command: [...machine.enter(), process.execPath, `services/${main}/main.ts`],
        args: isNarrow ? ["--queues", "scan.vision,scan.answer"] : [],
        env,
      },
      () => void (machine.isThere() && this.startApp(machine, main)),
    );
    this.#apps.set(machine, { ...this.#apps.get(machine), [main]: app });
    return app;
  }

  appsOf(machine: Machine): AppProcess[] {
    return Object.values(this.#apps.get(machine) ?? {});
  }

  get #all(): AppProcess[] {
    return this.servers.machines.flatMap((machine) => this.appsOf(machine));
  }

  /** Until every process says that it is ready; one that never does is a breach. */
  async processesReady(): Promise<void> {
    const all = this.#all.map((app) =>
      app.ready().catch((error: Error) => void this.exits.push(error.message)),
    );
    await Promise.all(all);
  }

  /** One fault, from its beginning until everything is ready again, and what it may cost. */
  async failure(
    name: string,
    kinds: readonly Interruption["kind"][],
    fault: () => Promise<void>,
  ): Promise<void> {
    const from = Date.now();
    await fault();
    await Promise.all([this.servers.ready(), this.processesReady()]);
    const to = Date.now();
    this.failures.push({ name, from, to });
    for (const kind of kinds) this.interrupted(kind, from, to);
  }

  /** As when its power fails: its processes, and its node of each store. */
  async killMachine(machine: Machine): Promise<void> {
    for (const app of this.appsOf(machine)) this.mayEnd(app);
    await machine.kill();
  }

  /** All that runs on it, its processes and its node of each store, is stopped in order and started again, at once. */
  async restart(machine: Machine): Promise<void> {
    const apps = mains.map(async (main) => {
      const app = this.#apps.get(machine)?.[main];
      if (!app) return;
      await this.terminate(app, stopMs);
      this.startApp(machine, main);
    });
    await Promise.all([...apps, this.servers.restart(machine)]);
  }

  /** Its processes end with the machines. */
  async stop(): Promise<void> {
    for (const machine of this.servers.machines) machine.heal();
  }
}
