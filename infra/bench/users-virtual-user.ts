import type { EventSourceMessage } from "eventsource-parser";
import type { Submitted } from "../harness/api-client.ts";
import { HttpConnection } from "./http-connection.ts";
import type { HttpResponse } from "./http-response-reader.ts";
import type { Tally } from "./users-tally.ts";

export interface UserOptions {
  readonly origin: string;
  readonly userId: string;
  readonly imageUrl: string;
  readonly tally: Tally;
  /** Scans whose result is read as well: every n-th. */
  readonly readsResultEvery: number;
  /** Before the same request is sent again. Default: a second. */
  readonly retryMs?: number;
  /** No scan is begun once this is true. */
  isOver(): boolean;
}

/** Scans again and again, each at once after the one before, as a queue of impatient users would. */
export async function runUser(options: UserOptions): Promise<void> {
  const { origin, userId, tally, isOver, readsResultEvery } = options;
  const connection = new HttpConnection(origin, { "X-User-ID": userId });
  for (let n = 0; !isOver(); n++) {
    const startedAt = performance.now();
    const idempotencyKey = `${userId}-${n}`;
    const job = await submit(connection, options, idempotencyKey);
    if (!job) break;
    tally.accept(performance.now() - startedAt);
    const { isCompleted, at } = await follow(connection, options, job.stream_url);
    tally.end({ jobId: job.job_id, userId, idempotencyKey }, isCompleted, at - startedAt);
    if (!isCompleted) tally.error("scan failed");
    if (tally.accepted % readsResultEvery === 0) await checkResult(connection, job, tally);
  }
  connection.close();
}

/** Undefined when the run is over before it is accepted. */
async function submit(
  connection: HttpConnection,
  { imageUrl, tally, retryMs = 1_000, isOver }: UserOptions,
  idempotencyKey: string,
): Promise<Submitted | undefined> {
  const request = {
    method: "POST",
    path: "/api/v1/scan",
    headers: { "X-Idempotency-Key": idempotencyKey },
    body: JSON.stringify({ image_url: imageUrl }),
  } as const;
  while (!isOver()) {
    const response = await attempt(() => connection.send(request), "submit", tally);
    if (response?.status === 202) return JSON.parse(response.body);
    await Bun.sleep(retryMs);
  }
  return undefined;
}

/** Follows to the end, over as many connections as it takes. */
async function follow(
  connection: HttpConnection,
  { tally, retryMs = 1_000 }: UserOptions,
  path: string,
): Promise<{ isCompleted: boolean; at: number }> {
  let end: { isCompleted: boolean; at: number } | undefined;
  let lastId = "";
  while (true) {
    const headers: Record<string, string> = lastId === "" ? {} : { "Last-Event-ID": lastId };
    let openedAt = Number.POSITIVE_INFINITY;
    const onOpen = () => {
      openedAt = Date.now();
    };
    const onEvent = ({ id = "", event, data }: EventSourceMessage) => {
      lastId = id;
      const ts = Number(/"ts":(\d+)/.exec(data)?.[1]);
      // What was written before the stream was open has waited for its reader, not for the system.
      if (ts >= openedAt) tally.time("lagMs", Date.now() - ts);
      if (event === "done" || event === "failed") {
        end = { isCompleted: event === "done", at: performance.now() };
      }
    };
    await attempt(() => connection.follow(path, headers, { onOpen, onEvent }), "stream", tally);
    if (end) return end;
    tally.reconnects++;
    await Bun.sleep(retryMs);
  }
}

async function checkResult(
  connection: HttpConnection,
  { result_url: path }: Submitted,
  tally: Tally,
) {
  const response = await attempt(() => connection.send({ method: "GET", path }), "result", tally);
  if (!response) return;
  const isRight = response.status === 200 && JSON.parse(response.body).status === "completed";
  if (!isRight) tally.error("result not completed");
}

/** Undefined without a response; whatever is not a success is counted. */
async function attempt(send: () => Promise<HttpResponse>, what: string, tally: Tally) {
  try {
    const response = await send();
    // The stable code of a problem document.
    const [, code = ""] = /"code":"(\w+)"/.exec(response.body) ?? [];
    if (response.status >= 300) tally.error(`${what} ${response.status} ${code}`);
    return response;
  } catch {
    tally.error(`${what} connection lost`);
    return undefined;
  }
}
