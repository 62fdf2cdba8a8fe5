import type { EventSourceMessage } from "eventsource-parser";
import * as v from "valibot";
import { HttpConnection, type HttpResponse } from "./http-connection.ts";
import type { Tally } from "./users-tally.ts";

export interface UserOptions {
  readonly origin: string;
  readonly userId: string;
  readonly imageUrl: string;
  readonly tally: Tally;
  /** Scans whose result is read as well: every n-th. */
  readonly readsResultEvery: number;
  /** Before the same request is sent again. */
  readonly retryMs?: number;
  /** No scan is begun once this is true. */
  isOver(): boolean;
}

const retryMsDefault = 1_000;

const Accepted = v.object({ job_id: v.string(), stream_url: v.string(), result_url: v.string() });
type Accepted = v.InferOutput<typeof Accepted>;
const Completed = v.pipe(v.string(), v.parseJson(), v.object({ status: v.literal("completed") }));
const CompletedResult = v.object({ status: v.literal(200), body: Completed });

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
  { imageUrl, tally, retryMs = retryMsDefault, isOver }: UserOptions,
  idempotencyKey: string,
): Promise<Accepted | undefined> {
  const request = {
    method: "POST",
    path: "/api/v1/scan",
    headers: { "X-Idempotency-Key": idempotencyKey },
    body: JSON.stringify({ image_url: imageUrl }),
  } as const;
  while (!isOver()) {
    const response = await attempt(() => connection.send(request), "submit", tally);
    if (response?.status === 202) return v.parse(Accepted, JSON.parse(response.body));
    await Bun.sleep(retryMs);
  }
  return undefined;
}

/** Follows to the end, over as many connections as it takes. */
async function follow(
  connection: HttpConnection,
  { tally, retryMs = retryMsDefault }: UserOptions,
  path: string,
): Promise<{ isCompleted: boolean; at: number }> {
  let end: { isCompleted: boolean; at: number } | undefined;
  let lastId = "";
  while (true) {
    const headers: Record<string, string> = lastId === "" ? {} : { "Last-Event-ID": lastId };
    let openedAt = Number.POSITIVE_INFINITY;
    const onEvent = ({ id = "", event, data }: EventSourceMessage) => {
      lastId = id;
      const ts = Number(/"ts":(\d+)/.exec(data)?.[1]);
      // What was written before the stream was open has waited for its reader, not for the system.
      if (ts >= openedAt) tally.event(Date.now() - ts);
      if (event === "done" || event === "failed") {
        end = { isCompleted: event === "done", at: performance.now() };
      }
    };
    const onOpen = () => {
      openedAt = Date.now();
    };
    const send = () => connection.follow(path, headers, { onOpen, onEvent });
    await attempt(send, "stream", tally);
    if (end) return end;
    tally.reconnect();
    await Bun.sleep(retryMs);
  }
}

async function checkResult(
  connection: HttpConnection,
  { result_url: path }: Accepted,
  tally: Tally,
): Promise<void> {
  const response = await attempt(() => connection.send({ method: "GET", path }), "result", tally);
  if (response === undefined) return;
  if (!v.is(CompletedResult, response)) tally.error("result not completed");
}

/** Undefined without an response; whatever is not a success is counted. */
async function attempt(
  send: () => Promise<HttpResponse>,
  what: string,
  tally: Tally,
): Promise<HttpResponse | undefined> {
  try {
    const response = await send();
    if (response.status >= 300) tally.error(`${what} ${response.status} ${codeOf(response)}`);
    return response;
  } catch {
    tally.error(`${what} connection lost`);
    return undefined;
  }
}

/** The stable code of a problem document. */
function codeOf({ body }: HttpResponse): string {
  return /"code":"(\w+)"/.exec(body)?.[1] ?? "";
}
