import * as v from "valibot";
import { standaloneSettings } from "#lib/config/auth-settings.ts";
import { EdgeConfig } from "../services/edge/config.ts";
import { GatekeeperConfig } from "../services/gatekeeper/config.ts";
import { DoctorConfig } from "../services/operator/config.ts";
import { WorkerConfig } from "../services/worker/config.ts";

/** Which process reads a variable; edge reads what every service it mounts reads. */
const schemas = {
  edge: EdgeConfig,
  gatekeeper: GatekeeperConfig,
  operator: DoctorConfig,
  "services alone": v.object({ ...standaloneSettings }),
  worker: WorkerConfig,
} as const;

/** The README's configuration table, from the schemas the processes validate with. */
export function renderConfigTable(): string {
  const names = [...new Set(Object.values(schemas).flatMap(({ entries }) => Object.keys(entries)))];
  const rows = names.sort().map(row);
  return ["| Variable | Default | What | Read by |", "|---|---|---|---|", ...rows].join("\n");
}

function row(name: string): string {
  const readers = Object.entries(schemas).filter(([, { entries }]) => Object.hasOwn(entries, name));
  const schema = readers.map(([, { entries }]) => entryOf(entries, name)).find(Boolean);
  const description = schema ? describe(schema) : "";
  const readBy = readers.map(([reader]) => reader).join(", ");
  const cells = [`\`${name}\``, schema ? fallback(schema) : "", description, readBy];
  return `| ${cells.join(" | ")} |`;
}

type Schema = v.GenericSchema<unknown, unknown>;

function entryOf(entries: Readonly<Record<string, Schema>>, name: string): Schema | undefined {
  return entries[name];
}

function describe(schema: Schema): string {
  const { wrapped = schema } = optional(schema) ?? {};
  return v.getDescription(wrapped) ?? "";
}

function fallback(schema: Schema): string {
  const found = optional(schema);
  if (!found) return "**required**";
  return typeof found.default === "string" && found.default !== "" ? `\`${found.default}\`` : "–";
}

/** What an optional schema wraps, and its default; undefined for a required one. */
function optional(schema: Schema): { wrapped: Schema; default: unknown } | undefined {
  if (!("wrapped" in schema && "default" in schema)) return undefined;
  const { wrapped } = schema;
  return isSchema(wrapped) ? { wrapped, default: schema.default } : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "~run" in value;
}
