import { Counter } from "prom-client";
import type { FaultCode } from "#lib/error/fault-table.ts";

const signIns = new Counter({
  name: "eco2_sign_ins_total",
  help: "Sign-ins that came back from a provider, by outcome: ok, or a fault's code",
  labelNames: ["provider", "outcome"],
});
const refreshes = new Counter({
  name: "eco2_refreshes_total",
  help: "Refreshes, by outcome: ok, or a fault's code",
  labelNames: ["outcome"],
});

/** Labels are bounded: providers come from the configuration, outcomes from the table of faults. */
export const metrics = {
  countSignIn: (provider: string, outcome: "ok" | FaultCode) => signIns.inc({ provider, outcome }),
  countRefresh: (outcome: "ok" | FaultCode) => refreshes.inc({ outcome }),
};
