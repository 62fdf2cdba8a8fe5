import { runOperator } from "../../services/operator/main-operator.ts";
import { inspectServices } from "../services/inspect-services.ts";
import { VARIABLES } from "../services/service.ts";

/**
 * `bun run dlq|doctor|feedback|keys|locations|migrate`: the operator's program on the services the environment names,
 * else on the local ones that run.
 */
await runOperator(process.argv.slice(2), environment, async () => {
  const { checkManifests } = await import("../k8s/doctor/check-manifests.ts");
  return checkManifests();
});

async function environment(names: readonly string[]) {
  const wanted = Object.values(VARIABLES).filter((variable) => names.includes(variable));
  if (wanted.every((variable) => process.env[variable])) return process.env;
  const running = await inspectServices();
  const urls = Object.fromEntries(running.map(({ name, url }) => [VARIABLES[name], url]));
  const missing = wanted.filter((variable) => !urls[variable]);
  if (missing.length === 0) return { ...process.env, ...urls };
  const list = missing.join(", ");
  throw new Error(`${list} not set and not running locally; run: bun run services up`);
}
