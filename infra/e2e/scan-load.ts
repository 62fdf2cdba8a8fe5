import { isTerminal } from "#lib/scan/epoch.ts";
import { type ApiClient, createApiClient, type Submitted } from "../harness/api-client.ts";
import { uploadPhoto } from "./harness.ts";
import { tokenOf } from "./route-walk.ts";

/** Users who scan one photo after another, at each of the origins, until the load ends. */
export function startLoad(origins: readonly string[]) {
  const stop = new AbortController();
  const failures: string[] = [];
  let requests = 0;
  let scans = 0;
  /** A request that fails is noted, and its user begins a new scan. */
  const counted = async <T>(what: string, request: Promise<T>): Promise<T> => {
    requests++;
    return request.catch((error: unknown) => {
      failures.push(`${what}: ${error instanceof Error ? error.message : error}`);
      throw error;
    });
  };
  const scanOnce = async (origin: string): Promise<void> => {
    const userId = `load-${crypto.randomUUID()}`;
    // A connection each: whoever keeps one open may have to repeat a request itself.
    const own = { authorization: `Bearer ${await tokenOf(userId)}`, connection: "close" };
    const api = createApiClient(origin, own);
    await counted("account", api.account());
    const url = await counted("upload", uploadPhoto(api));
    const job = await counted("submit", api.submit(url, ""));
    const seen = await follow(api, job);
    // Read again from the beginning: what a client that was cut off has seen is all there was.
    const all: number[] = [];
    const replay = api.follow(job.stream_url, ({ seq }) => all.push(seq));
    await counted("replay", replay);
    if (String(seen) !== String(all)) failures.push(`${job.job_id}: ${seen} of ${all}`);
    const { status } = await counted("result", api.result(job.result_url));
    if (status !== "completed") failures.push(`${job.job_id}: ${status}`);
    await counted("collection", api.collection());
    scans++;
  };
  /** As a browser: comes back with the last id when the stream ends, until the scan's end. */
  const follow = async (api: ApiClient, { stream_url }: Submitted) => {
    const seen: number[] = [];
    while (seen.length === 0 || !isTerminal(seen.at(-1) ?? 0)) {
      const onEvent = ({ seq }: { seq: number }) => void seen.push(seq);
      await counted("follow", api.follow(stream_url, onEvent, { after: seen.at(-1) }));
    }
    return seen;
  };
  const users = origins.map(async (origin) => {
    while (!stop.signal.aborted) await scanOnce(origin).catch(() => Bun.sleep(50));
  });
  return {
    /** Completed so far. */
    scans: () => scans,
    /** Resolves when the scans that have begun are over. */
    end: async () => {
      stop.abort();
      await Promise.all(users);
      return { requests, failures, scans };
    },
  };
}
