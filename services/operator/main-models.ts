import { type ModelEndpoint, modelEndpoints } from "#lib/config/model-endpoints.ts";
import type { Dialect } from "#lib/model-server/dialect.ts";
import { inspectServer } from "#lib/model-server/inspect-server.ts";
import { probeModel } from "#lib/model-server/probe-model.ts";
import { breach, type Check, type Finding, look, ok } from "./check.ts";
import type { ModelsConfig } from "./config.ts";

/** What each configured model takes, and what is wrong with its server. One paid call each. */
export async function checkModels(config: ModelsConfig): Promise<Check[]> {
  const checks: Check[] = [];
  // One after another: a local server holds one model at a time.
  for (const endpoint of modelEndpoints(config)) {
    checks.push(await look(endpoint.name, () => checkModel(endpoint)));
  }
  const detail = "no key and no server is configured: the embedded model replies";
  return checks.length > 0 ? checks : [{ name: "models", state: "skipped", detail }];
}

async function checkModel(endpoint: ModelEndpoint): Promise<Finding> {
  const problems = await inspectServer(endpoint, [endpoint.name]);
  const probe = await probeModel(endpoint);
  if ("problem" in probe) return breach([...problems, probe.problem].join("; "));
  const { dialect, isBare, ms } = probe;
  const taken = [...describe(dialect), isBare ? "" : "wraps its JSON", `${ms} ms`];
  return ok([...taken.filter(Boolean), ...problems].join(", "));
}

function describe({ format, limit, systemRole, detail }: Dialect): string[] {
  const formats = {
    strict: "json_schema, strict",
    json_schema: "json_schema",
    json_object: "json_object, schema in the prompt",
    text: "schema in the prompt",
  };
  return [
    formats[format],
    limit === "none" ? "no limit of tokens" : limit,
    systemRole ? "" : "no system role",
    detail ? "" : "no detail of photos",
  ];
}
