import { readCompose } from "../images/compose-file.ts";

const { services } = await readCompose();

/** The image compose runs of a store: the cluster's is of the same version. */
export function composeImage(store: "postgres" | "redis" | "rabbitmq"): string {
  const { image } = services[store];
  if (!image) throw new Error(`compose.yaml names no image of ${store}`);
  return image;
}

/** The command compose starts Redis with, as lines of a `redis.conf`, without its password. */
export function redisOptions(): string[] {
  const words = services.redis.command?.slice(1) ?? [];
  const lines: string[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [name = "", value = ""] = [words[i]?.replace(/^--/, ""), words[i + 1]];
    if (name !== "requirepass") lines.push(`${name} ${value === "" ? '""' : value}`);
  }
  return lines;
}
