import { Gauge, register } from "prom-client";

/**
 * Exposes a gauge whose value is read at each scrape. Counters and histograms live as long as the
 * process and are made at import; a gauge over something with an owner is registered where the
 * owner is opened, by this function. Opened anew in the same process, the owner's last gauge
 * replaces the one before.
 *
 * @example observeGauge("eco2_sse_streams", "Event streams open in this process", () => hub.size);
 */
export function observeGauge(name: string, help: string, read: () => number): void {
  register.removeSingleMetric(name);
  new Gauge({
    name,
    help,
    collect() {
      this.set(read());
    },
  });
}
