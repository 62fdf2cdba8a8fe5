import * as v from "valibot";
import { standaloneSettings } from "#lib/config/auth-settings.ts";
import { EdgeConfig } from "../services/edge/config.ts";
import { EventRouterConfig } from "../services/event-router/config.ts";
import { GatekeeperConfig } from "../services/gatekeeper/config.ts";
import { DoctorConfig } from "../services/operator/config.ts";
import { WorkerConfig } from "../services/worker/config.ts";

/** Which process reads a variable; edge reads what every service it mounts reads. */
const schemas: Readonly<Record<string, { readonly entries: Readonly<Record<string, Schema>> }>> = {
  edge: EdgeConfig,
  "event-router": EventRouterConfig,
  gatekeeper: GatekeeperConfig,
  operator: DoctorConfig,
  "services alone": v.object({ ...standaloneSettings }),
  worker: WorkerConfig,
};
type Schema = v.GenericSchema<unknown, unknown>;

/** The README's configuration table, from the schemas the processes validate with. */
export function renderConfigTable(): string {
  const names = [...new Set(Object.values(schemas).flatMap(({ entries }) => Object.keys(entries)))];
  const rows = names.sort().map(row);
  return ["| Variable | Default | What | Read by |", "|---|---|---|---|", ...rows].join("\n");
}

function row(name: string): string {
  const readers = Object.entries(schemas).filter(([, { entries }]) => Object.hasOwn(entries, name));
  const schema = readers.map(([, { entries }]) => entries[name]).find(Boolean);
  const description = schema ? describe(schema) : "";
  const readBy = readers.map(([reader]) => reader).join(", ");
  const cells = [`\`${name}\``, schema ? fallback(schema) : "", description, readBy];
  return `| ${cells.join(" | ")} |`;
}

function describe(schema: Schema): string {
  const inner = "wrapped" in schema && isSchema(schema.wrapped) ? schema.wrapped : schema;
  return v.getDescription(inner) ?? "";
}

function fallback(schema: Schema): string {
  if (schema.type !== "optional") return "**required**";
  const value: unknown = v.getDefault(schema);
  return typeof value === "string" && value !== "" ? `\`${value}\`` : "–";
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "~run" in value;
}
