import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { choosePort } from "./port.ts";
import { SERVICE_NAMES } from "./service.ts";

const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const Secret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{20,64}$/));

const secretNames = ["admin", "postgres", "redis", "rabbitmq", "cookie"] as const;
const Secrets = v.object(v.entriesFromList(secretNames, Secret));

/** What is remembered between runs: ports, secrets and places, never process ids. */
const State = v.object({
  /** Where it was written: a copied or moved project never adopts the original's processes. */
  project: v.string(),
  /** Derived from `project`. */
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  /** Folder of the instances' data. */
  home: v.string(),
  /** The account the instances run as; null when it is the caller's own. */
  account: v.nullable(v.object({ uid: v.number(), gid: v.number() })),
  ports: v.object({ postgres: Port, redis: Port, amqp: Port, dist: Port, epmd: Port }),
  secrets: Secrets,
  /** Compose services that we started, and so stop. */
  compose: v.array(v.picklist(SERVICE_NAMES)),
});
export type State = v.InferOutput<typeof State>;
export type Account = NonNullable<State["account"]>;

/** `<project>/.local`: state, lock and logs. Others may pass through it, not list it. */
export function localFolder(project: string): string {
  const folder = join(project, ".local");
  try {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o711);
    mkdirSync(logFolder(project), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`${folder} is not ours to write; run this as the user who owns it`, {
      cause: error,
    });
  }
  return folder;
}

export function logFolder(project: string): string {
  return join(project, ".local", "logs");
}

export function projectId(project: string): string {
  return createHash("sha256").update(realpathSync(project)).digest("hex").slice(0, 12);
}

/** Undefined when there is none, or when it came along with a copy of another project. */
export function readState(project: string): State | undefined {
  const path = statePath(project);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`${path} cannot be read; run this as the user who owns it`, { cause: error });
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), State), text);
  if (!parsed.success) {
    throw new Error(`${path} is not a state of this version; delete it to start from scratch`);
  }
  return parsed.output.project === realpathSync(project) ? parsed.output : undefined;
}

/** Written beside and renamed, so that a kill at any moment leaves the old or the new state. */
export function writeState(state: State): void {
  const path = statePath(state.project);
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function createState(
  project: string,
  place: { home: string; account: Account | null },
): State {
  const ports: number[] = [];
  const port = () => {
    const chosen = choosePort(ports);
    ports.push(chosen);
    return chosen;
  };
  return {
    project: realpathSync(project),
    id: projectId(project),
    ...place,
    ports: { postgres: port(), redis: port(), amqp: port(), dist: port(), epmd: port() },
    secrets: v.parse(Secrets, Object.fromEntries(secretNames.map((name) => [name, secret()]))),
    compose: [],
  };
}

function statePath(project: string): string {
  return join(project, ".local", "services.json");
}

/** 192 bits, in characters that need no quoting in a URL, a shell or a configuration file. */
function secret(): string {
  return randomBytes(24).toString("hex");
}
