import { join } from "node:path";
import { sizeOf, verbSize } from "../k8s/workloads.ts";
import { projectFolder } from "../services/ensure-services.ts";
import type { BenchContext } from "./bench.ts";
import { type Confined, confine, deployedPrograms } from "./confine.ts";
import { benchFolder } from "./servers.ts";

/** Programs under the limits of the manifests; edge, which has all services in one, under those of one of them. */
export function confinePrograms() {
  const programs = deployedPrograms();
  const sizes = { edge: sizeOf("scan"), worker: sizeOf("scan-worker"), operator: verbSize };
  const writable = [join(benchFolder, "images")];
  const make = (name: keyof typeof programs): Confined => {
    const limitBytes = bytesOf(sizes[name].resources?.limits?.memory);
    return confine(name, programs[name], { limitBytes, writable });
  };
  const all = { edge: make("edge"), worker: make("worker"), operator: make("operator") };
  return {
    ...all,
    peaksMb: () => ({
      edge: all.edge.peakMb(),
      worker: all.worker.peakMb(),
      operator: all.operator.peakMb(),
    }),
    [Symbol.dispose]: () => Object.values(all).forEach((one) => void one.remove()),
  };
}

/** The operator's program brings the database up to date, as the Job does. */
export async function migrateConfined({ command }: Confined, { urls }: Pick<BenchContext, "urls">) {
  const { DATABASE_URL } = urls;
  const env = { PATH: process.env.PATH, DATABASE_URL, LOG_LEVEL: "warn" };
  const child = Bun.spawn([...command, "migrate"], { cwd: projectFolder, env, stdin: "ignore" });
  const code = await child.exited;
  if (code !== 0) throw new Error(`eco2-operator migrate ended with ${code}`);
}

/** Of Kubernetes' `512Mi`. */
function bytesOf(text: unknown): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(String(text)) ?? [];
  if (!number || !unit) throw new Error(`${text} is no amount of memory`);
  return Number(number) * { Mi: 2 ** 20, Gi: 2 ** 30 }[unit === "Gi" ? "Gi" : "Mi"];
}
