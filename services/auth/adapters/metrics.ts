import { Counter, Gauge } from "prom-client";
import type { FaultCode } from "#lib/error/fault-table.ts";

const signIns = new Counter({
  name: "eco2_sign_ins_total",
  help: "Sign-ins that came back from a provider, by how they ended: ok, or a fault's code",
  labelNames: ["provider", "outcome"],
});
const refreshes = new Counter({
  name: "eco2_refreshes_total",
  help: "Refreshes, by how they ended: ok, or a fault's code",
  labelNames: ["outcome"],
});
let allPublishedAt: number | undefined;
new Gauge({
  name: "eco2_outbox_lag_seconds",
  help: "Since this process last saw every revocation published; near 0, unless its relay fails or hangs",
  collect() {
    if (allPublishedAt !== undefined) this.set((performance.now() - allPublishedAt) / 1_000);
  },
});

/** Providers come of the configuration and outcomes of the table of faults: the labels are bounded. */
export const metrics = {
  countSignIn: (provider: string, outcome: "ok" | FaultCode) => signIns.inc({ provider, outcome }),
  countRefresh: (outcome: "ok" | FaultCode) => refreshes.inc({ outcome }),
  /** A relay that starts has nothing to be behind with yet. */
  allPublished: () => {
    allPublishedAt = performance.now();
  },
};
