import { Counter } from "prom-client";

const counts = new Map<string, number>();
new Counter({
  name: "eco2_authz_checks_total",
  help: "Requests that were authenticated, by outcome: allowed, public, or a fault's code",
  labelNames: ["outcome"],
  collect() {
    this.reset();
    for (const [outcome, count] of counts) this.inc({ outcome }, count);
  },
});

/** Counts one check. Costs a map entry; the counter's labels are made when Prometheus scrapes. */
export function countCheck(outcome: string): void {
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
}
