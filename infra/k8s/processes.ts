import * as v from "valibot";
import type { TaskName } from "#lib/contract/task.ts";
import { stopDeadlineDefaultMs } from "#lib/process/run-process.ts";
import { AuthConfig } from "../../services/auth/config.ts";
import { CharacterProcessConfig } from "../../services/character/config.ts";
import { ChatProcessConfig } from "../../services/chat/config.ts";
import { EventRouterConfig } from "../../services/event-router/config.ts";
import { EventsProcessConfig } from "../../services/events/config.ts";
import { GatekeeperConfig } from "../../services/gatekeeper/config.ts";
import { ImagesProcessConfig } from "../../services/images/config.ts";
import { LocationProcessConfig } from "../../services/location/config.ts";
import { DoctorConfig, MigrateConfig, OpsProcessConfig } from "../../services/operator/config.ts";
import { ScanProcessConfig } from "../../services/scan/config.ts";
import { UsersProcessConfig } from "../../services/users/config.ts";
import { WebConfig } from "../../services/web/config.ts";
import { WebhooksProcessConfig } from "../../services/webhooks/config.ts";
import {
  WorkerConfig,
  stopDeadlineMs as workerStopDeadlineMs,
} from "../../services/worker/config.ts";

/** A schema that `loadConfig` takes: its entries are the variables a process reads. */
export type ConfigSchema = v.GenericSchema<unknown, unknown> & {
  readonly entries: Readonly<Record<string, v.GenericSchema<unknown, unknown>>>;
};

/** What a program is, whichever name it is deployed under. */
export interface Program {
  readonly image: "edge" | "worker" | "operator";
  readonly config: ConfigSchema;
  readonly stopDeadlineMs: number;
  /** The variable of the port that has `/livez` and `/readyz`; none for what runs once. */
  readonly port?: "PORT" | "HEALTH_PORT";
  /** What its entry point is told. */
  readonly args?: readonly string[];
}

const service = (config: ConfigSchema): Program => ({
  image: "edge",
  config,
  stopDeadlineMs: stopDeadlineDefaultMs,
  port: "PORT",
});

const once = (config: ConfigSchema): Program => ({
  image: "operator",
  config,
  stopDeadlineMs: stopDeadlineDefaultMs,
});

/** Services that are called over HTTP, by the name of their folder. */
export const SERVICES = {
  gatekeeper: service(GatekeeperConfig),
  auth: service(AuthConfig),
  scan: service(ScanProcessConfig),
  events: service(EventsProcessConfig),
  // Behind events, whose `/chat/stream` is no conversation.
  chat: service(ChatProcessConfig),
  images: service(ImagesProcessConfig),
  character: service(CharacterProcessConfig),
  users: service(UsersProcessConfig),
  location: service(LocationProcessConfig),
  operator: { ...service(OpsProcessConfig), args: ["serve"] },
  webhooks: service(WebhooksProcessConfig),
  web: service(WebConfig),
} as const satisfies Record<string, Program>;
export type ServiceName = keyof typeof SERVICES;

export const WORKER: Program = {
  image: "worker",
  config: WorkerConfig,
  stopDeadlineMs: workerStopDeadlineMs,
  port: "HEALTH_PORT",
};

/** Nobody calls it. */
export const EVENT_ROUTER: Program = {
  image: "edge",
  config: EventRouterConfig,
  stopDeadlineMs: stopDeadlineDefaultMs,
  port: "HEALTH_PORT",
};

/** Verbs of the operator's program that run here. */
export const VERBS = {
  migrate: once(MigrateConfig),
  doctor: once(DoctorConfig),
} as const satisfies Record<string, Program>;

/** Deployments of the worker: which queues each takes, and the nodes that are kept for it. */
export const WORKERS = {
  "scan-worker": {
    queues: ["scan.vision", "scan.rule", "scan.answer", "scan.reward"],
    nodes: "worker-ai",
  },
  "chat-worker": { queues: ["chat.process"], nodes: "worker-ai" },
  "character-match-worker": { queues: ["character.match"], nodes: "worker-storage" },
  "character-worker": { queues: ["character.save_ownership"], nodes: "worker-storage" },
  "users-worker": { queues: ["users.save_character"], nodes: "worker-storage" },
} as const satisfies Record<string, { queues: readonly TaskName[]; nodes: string }>;
export type WorkerName = keyof typeof WORKERS;

export type ProcessName = ServiceName | WorkerName | "event-router";
export const SERVICE_NAMES = Object.keys(SERVICES).filter(isService);
export const WORKER_NAMES = Object.keys(WORKERS).filter(isWorker);
export const PROCESS_NAMES: readonly ProcessName[] = [
  ...SERVICE_NAMES,
  "event-router",
  ...WORKER_NAMES,
];

/** Who calls servers of the internet: sign-in providers, hosts of photos, S3, Kakao Local, models, webhooks. */
export const callsInternet: ReadonlySet<ProcessName> = new Set([
  ...(["auth", "scan", "chat", "images", "location", "scan-worker", "chat-worker"] as const),
]);

function isService(name: string): name is ServiceName {
  return Object.hasOwn(SERVICES, name);
}

function isWorker(name: string): name is WorkerName {
  return Object.hasOwn(WORKERS, name);
}

/** What a process is started with besides its entry point, as a test starts it. */
export function argsOf(name: ServiceName | "worker"): readonly string[] {
  const { args = [] }: Program = name === "worker" ? WORKER : SERVICES[name];
  return args;
}

export function programOf(name: ProcessName): Program {
  if (name === "event-router") return EVENT_ROUTER;
  return isService(name) ? SERVICES[name] : WORKER;
}

/** The port a program has unless its environment says another: nothing here sets one. */
export function portOf({ config, port = "PORT" }: Program): number {
  return defaultOf(config, port);
}

/** As of its port; nothing but metrics is served there. */
export function metricsPortOf({ config }: Program): number {
  return defaultOf(config, "METRICS_PORT");
}

function defaultOf({ entries }: ConfigSchema, variable: string): number {
  const schema = entries[variable];
  if (!schema) throw new Error("runs once, and serves nothing");
  return v.parse(v.number(), v.parse(schema, undefined));
}
