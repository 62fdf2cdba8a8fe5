import { budgetRows } from "./budgets.ts";
import { codeRows } from "./code.ts";
import { doorRows } from "./doors.ts";
import { environmentRows } from "./environment.ts";
import { type Facts, readFacts } from "./facts.ts";
import { fanOutRows } from "./fan-out.ts";
import { podRows } from "./pods.ts";
import { queueRows } from "./queues.ts";
import { roleRows } from "./roles.ts";
import type { ManifestCheck } from "./row.ts";

/** Compares compose and every overlay with the code they run, offline. */
export async function checkManifests(): Promise<ManifestCheck[]> {
  return compareFacts(await readFacts());
}

export function compareFacts(facts: Facts): ManifestCheck[] {
  const all = [
    environmentRows,
    roleRows,
    queueRows,
    podRows,
    doorRows,
    fanOutRows,
    budgetRows,
    codeRows,
  ];
  return all.flatMap((rows) => rows(facts));
}
