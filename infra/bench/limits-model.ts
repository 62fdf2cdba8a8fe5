import { join } from "node:path";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { rateLimitReply, startOpenAiServer } from "#lib/testing/openai-server.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { projectFolder } from "../services/ensure-services.ts";
import type { ServiceUrls } from "../services/service.ts";
import { openScanSource } from "./overhead-load.ts";
import { startService } from "./servers.ts";

/** How a provider limits its calls. */
export interface Limit {
  readonly name: string;
  /** Calls let through at once after a rest, beyond its rate. */
  readonly stored: number;
  /** Calls a second it lets through of so many that are wanted. */
  perS(wantedPerS: number): number;
  /** @returns whether it lets the next call through */
  start(): () => boolean;
}

/** A token bucket that holds what comes in a second. */
export function bucket(perS: number): Limit {
  return {
    name: `bucket of ${perS} calls/s`,
    stored: perS,
    perS: (wantedPerS) => Math.min(wantedPerS, perS),
    start: () => {
      let [tokens, at] = [perS, performance.now()];
      return () => {
        const now = performance.now();
        [tokens, at] = [Math.min(perS, tokens + ((now - at) * perS) / 1_000), now];
        if (tokens < 1) return false;
        tokens -= 1;
        return true;
      };
    },
  };
}

export function random(percent: number): Limit {
  return {
    name: `${percent} % refused at random`,
    stored: 0,
    perS: (wantedPerS) => wantedPerS * (1 - percent / 100),
    start: () => () => Math.random() >= percent / 100,
  };
}

/** So many calls at once, each of which takes `callMs`. */
export function slots(count: number, callMs: number): Limit {
  return {
    name: `${count} slots`,
    stored: 0,
    perS: (wantedPerS) => Math.min(wantedPerS, (count * 1_000) / callMs),
    start: () => {
      let free = count;
      return () => {
        if (free === 0) return false;
        free -= 1;
        setTimeout(() => free++, callMs);
        return true;
      };
    },
  };
}

/**
 * Wiped services, a model with a limit, who queues scans, and workers as they are asked for; all of it ended
 * with `scope`.
 */
export async function openLimitedScans(
  urls: ServiceUrls,
  { limit, callMs }: { readonly limit: Limit; readonly callMs: number },
  scope: AsyncDisposableStack,
  { isOwnStore = false } = {},
) {
  await wipe(urls);
  const model = scope.use(startLimitedModel(limit, callMs));
  const env = {
    ...urls,
    LOG_LEVEL: "error",
    OPENAI_BASE_URL: model.url,
    IMAGE_HOSTS: model.photoOrigin,
    // Our own store's photos were decoded when they were uploaded.
    ...(isOwnStore && { CDN_URL: model.photoOrigin }),
    // A fallback at the same server would count as a call of its own.
    SUPPORTED_GPT_MODELS: "gpt-5.2",
    // Every scan pays both calls.
    VISION_CACHE_TTL: "0",
  };
  return {
    model,
    source: scope.use(await openScanSource(urls, `${model.photoOrigin}/photo.jpg`)),
    sql: scope.use(openPostgres(urls)),
    startWorker: () => scope.use(startService("worker", env)).ready(),
  };
}

/** A fake model with a limit, and the photo of all scans. */
function startLimitedModel({ start }: Limit, callMs: number) {
  const throughAt: number[] = [];
  const counts = { refused: 0, downloads: 0 };
  const takes = start();
  const refusal = { ...rateLimitReply(1), delayMs: 0 };
  const model = startOpenAiServer({
    delaysMs: { vision: callMs, answer: callMs },
    callsMax: 0,
    script: () => {
      if (takes()) return void throughAt.push(performance.now());
      counts.refused++;
      return refusal;
    },
  });
  const photo = Bun.file(join(projectFolder, "infra/samples/coffee-cup.jpg"));
  const photos = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => {
      counts.downloads++;
      return new Response(photo);
    },
  });
  return {
    url: model.url,
    photoOrigin: photos.url.origin,
    /** When each call was let through. */
    throughAt,
    counts,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([model.stop(), photos.stop(true)]);
    },
  };
}

const drainedPart = 0.95;

/**
 * Of what a limit lets through while much is queued: until that part of the calls is through. The last ones wait for
 * their scans' first calls, and not for the limit.
 */
export function drainedShare(limit: Limit, throughAt: readonly number[]): number {
  const through = Math.floor(throughAt.length * drainedPart);
  const ms = (throughAt[through - 1] ?? 0) - (throughAt[0] ?? 0);
  return through / (limit.stored + (limit.perS(Number.POSITIVE_INFINITY) * ms) / 1_000);
}
