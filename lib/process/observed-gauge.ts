import { Gauge } from "prom-client";

/**
 * Declares a gauge whose value is read at each scrape, and returns what gives it its reader. Like every metric it
 * is declared at import, so that its name stands once and is known without anything being open; until its owner
 * is, it has no value. Opened anew in the same process, the owner's last reader replaces the one before.
 *
 * @example const observeStreams = observedGauge("eco2_sse_streams", "Event streams open in this process");
 * observeStreams(() => hub.size);
 */
export function observedGauge(name: string, help: string): (read: () => number) => void {
  let reader: (() => number) | undefined;
  new Gauge({
    name,
    help,
    collect() {
      if (reader) this.set(reader());
      else this.remove();
    },
  });
  return (read) => {
    reader = read;
  };
}
