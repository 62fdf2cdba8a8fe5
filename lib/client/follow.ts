import { Eco2Error, errorOf } from "./eco2-error.ts";
import { readSse } from "./read-sse.ts";
import type { Session } from "./session.ts";
import { backoffMs, wait } from "./wait.ts";

/** An event as it came: its data, and the name it came under. */
export interface StreamEvent {
  readonly event: string;
  readonly seq: number;
}

export interface FollowOptions {
  /** `seq` of the newest event that is known already; those up to it do not come again. */
  readonly lastEventId?: number | string | undefined;
  /** Aborted, the iteration throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Three times as long as the server lets a stream be quiet: the connection is dead. */
const quietMsMax = 45_000;
const retryMsDefault = 1_000;

/**
 * The events of a job, each once and in order, until it has ended: as `done`, or as `failed`. A connection that breaks
 * is opened again behind the last event that came, for as long as the signal lets it.
 *
 * An end is not the end where the job was redriven since: the server goes on, and so does this.
 *
 * @throws Eco2Error where trying again is of no use: the job is unknown, or nobody is signed in.
 */
export async function* follow<E extends StreamEvent>(
  { send, credentials }: Pick<Session, "send" | "credentials">,
  url: string,
  { lastEventId, signal }: FollowOptions = {},
): AsyncGenerator<E, void, undefined> {
  let last = lastEventId === undefined ? "" : String(lastEventId);
  let [failures, retryMs, isOver] = [0, retryMsDefault, false];
  for (;;) {
    let waitMs = 0;
    const connection = connect(signal);
    try {
      const headers = { accept: "text/event-stream", ...(last && { "last-event-id": last }) };
      const response = await send(
        new Request(url, { ...init, headers, credentials, signal: connection.signal }),
      );
      // All of it was sent already.
      if (response.status === 204) return;
      if (!response.ok || !response.body) throw await errorOf(response);
      const onRetry = (ms: number) => {
        retryMs = ms;
      };
      for await (const { event, data, id } of readSse(response.body, onRetry, connection.keep)) {
        last = id;
        failures = 0;
        isOver = event === "done" || event === "failed";
        yield { event, ...JSON.parse(data) };
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error, connection.signal)) throw error;
      failures += 1;
      waitMs = error instanceof Eco2Error ? (error.retryAfterS ?? 0) * 1_000 : 0;
    } finally {
      connection.close();
    }
    if (isOver) return;
    await wait(Math.max(waitMs, backoffMs(failures, retryMs)), signal);
  }
}

const init = { cache: "no-store" } as const;

/** Whether what broke a connection may be gone at the next one. */
function isPassing(error: unknown, connection: AbortSignal): boolean {
  if (error instanceof SyntaxError) return false;
  if (error instanceof Eco2Error) return error.isTemporary || error.status === 429;
  // Reading failed: the runtimes throw errors of their own kinds.
  return connection.aborted || error instanceof TypeError || error instanceof DOMException;
}

/** A signal that ends a connection that is quiet for too long, or whose follower does not want it any more. */
function connect(signal: AbortSignal | undefined) {
  const ours = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const keep = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => ours.abort(), quietMsMax);
  };
  keep();
  return {
    signal: signal ? AbortSignal.any([signal, ours.signal]) : ours.signal,
    keep,
    close: (): void => {
      clearTimeout(timer);
      ours.abort();
    },
  };
}
