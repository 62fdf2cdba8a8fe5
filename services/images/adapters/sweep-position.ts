import type { Redis } from "ioredis";
import * as v from "valibot";
import type { SweepUnusedDeps } from "../sweep-unused.ts";

const Position = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ createdAt: v.string(), key: v.string() }),
);
const name = "images:sweep-position";

/** How far the photos that no scan has used were swept, for all processes. */
export function createSweepPosition(redis: Redis): SweepUnusedDeps["position"] {
  return {
    read: async () => {
      const stored = v.safeParse(Position, await redis.get(name));
      return stored.success ? stored.output : undefined;
    },
    write: async ({ createdAt, key }) => {
      await redis.set(name, JSON.stringify({ createdAt, key }));
    },
  };
}
