import type { Redis } from "ioredis";
import * as v from "valibot";
import { Figures, figuresKeys } from "#lib/contract/figures.ts";
import { redisCall } from "#lib/redis/client.ts";

/** More processes than that are not shown; those that published last come first. */
const processesMax = 200;

/** What each running process has measured; one that has gone is forgotten within 15 s. */
export async function readFigures(redis: Redis): Promise<Figures[]> {
  const instances = await redisCall(() => redis.zrevrange(figuresKeys.index, 0, processesMax - 1));
  if (instances.length === 0) return [];
  const texts = await redisCall(() => redis.mget(instances.map(figuresKeys.figures)));
  return texts.flatMap((text) => {
    // A process of another release may say it in another way.
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Figures), text);
    return parsed.success ? [parsed.output] : [];
  });
}
