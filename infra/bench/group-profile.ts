import * as v from "valibot";

/** A `.cpuprofile`, as far as it is looked at: https://chromedevtools.github.io/devtools-protocol/tot/Profiler */
export const Profile = v.object({
  nodes: v.array(
    v.object({
      id: v.number(),
      callFrame: v.object({ functionName: v.string(), url: v.string() }),
      children: v.optional(v.array(v.number()), []),
    }),
  ),
  /** Id of the running node, about one a millisecond of work; idle time has none. */
  samples: v.array(v.number()),
});
type Profile = v.InferOutput<typeof Profile>;
type Frame = Profile["nodes"][number]["callFrame"];

/** The first one whose text is part of a frame's file; the packages before our own code that calls them. */
const OWNERS = [
  ["/amqplib/", "RabbitMQ client (amqplib)"],
  ["/ioredis/", "Redis client (ioredis)"],
  ["/postgres/src", "PostgreSQL client (postgres.js)"],
  ["/drizzle-orm/", "Drizzle"],
  ["/openai/", "model SDK (openai)"],
  ["/valibot/", "checks (valibot)"],
  ["/prom-client/", "metrics (prom-client)"],
  ["/hono/", "Hono"],
  ["/lib/image/", "photos (lib/image)"],
  ["/services/worker/adapters/openai", "model calls"],
  ["/services/worker/models/", "model calls"],
  ["/services/worker/", "stages (services/worker)"],
  ["/services/events/", "event streams (services/events)"],
  ["/services/scan/", "scan API (services/scan)"],
  ["/services/images/", "image API (services/images)"],
  ["/lib/db/", "batches (lib/db)"],
  ["/lib/scan-store/", "running scans (lib/scan-store)"],
  ["/lib/queue/", "consumer and publisher (lib/queue)"],
  ["/lib/", "the rest of lib"],
] as const;
const runtime = "runtime: event loop, promises, timers";
/** Of a leaf: what its caller's package asked the runtime to do. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["writeBuffered", "socket writes"],
  ["write", "socket writes"],
  ["stringify", "JSON"],
  ["parse", "JSON"],
]);

/** Shares of all samples, largest first. A sample counts for the innermost frame that has an owner. */
export function groupProfile({ nodes, samples }: Profile): { name: string; share: number }[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = new Map(nodes.flatMap(({ id, children }) => children.map((one) => [one, id])));
  const nameOf = (id: number): string => {
    const kind = KINDS.get(frames.get(id)?.functionName ?? "");
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const owner = ownerOf(frames.get(at));
      if (owner) return kind ? `${owner}: ${kind}` : owner;
    }
    return kind ? `${runtime}: ${kind}` : runtime;
  };
  const names = new Map(nodes.map(({ id }) => [id, nameOf(id)]));
  const counts = Map.groupBy(samples, (id) => names.get(id) ?? runtime);
  return [...counts]
    .map(([name, of]) => ({ name, share: of.length / samples.length }))
    .toSorted((a, b) => b.share - a.share);
}

function ownerOf(frame: Frame | undefined): string | undefined {
  return OWNERS.find(([part]) => frame?.url.includes(part))?.[1];
}
