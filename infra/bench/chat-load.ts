import type { EventSourceMessage } from "eventsource-parser";
import { answerParent } from "../harness/child.ts";
import { HttpConnection } from "./http-connection.ts";

/** The chats of one run, in a process of their own so that their CPU is counted apart. */
export interface ChatPlan {
  readonly origin: string;
  /** At once: so many users, each with one chat after another. */
  readonly chats: number;
  /** Over which they begin, evenly. */
  readonly arrivalMs: number;
  /** From the first one on, until when a user whose answer is complete opens the next chat; 0: each has one. */
  readonly goesOnMs: number;
  /** What was before is no part of the times; nor, where users go on, what comes after that. */
  readonly watchedFromMs: number;
  /** Every n-th is compared with what is stored. */
  readonly comparesEvery: number;
}

export interface ChatReport {
  /** One a chat whose first text came while it was watched, from the request on. */
  readonly firstMs: readonly number[];
  /** One a chat that was completed meanwhile, from the request to `done`. */
  readonly doneMs: readonly number[];
  readonly begun: number;
  readonly completed: number;
  /** Events with text, of all chats. */
  readonly tokens: number;
  readonly compared: number;
  /** Of these, whose text was another than the stored one. */
  readonly different: number;
  readonly errors: Readonly<Record<string, number>>;
}

const question = "투명 페트병 라벨 떼야 하나요?";
const endMsMax = 120_000;

if (import.meta.main) answerParent(run);

async function run(plan: ChatPlan): Promise<ChatReport> {
  const tally = new Tally(plan);
  const running: Promise<void>[] = [];
  for (let n = 0; n < plan.chats; n++) {
    const dueInMs = (n / plan.chats) * plan.arrivalMs - tally.elapsedMs;
    // Those that are due together come together: a sleep of nothing takes a millisecond.
    if (dueInMs > 0) await Bun.sleep(dueInMs);
    running.push(user(plan, n, tally));
  }
  await Promise.race([Promise.all(running), Bun.sleep(plan.goesOnMs + endMsMax)]);
  return tally;
}

class Tally implements ChatReport {
  readonly firstMs: number[] = [];
  readonly doneMs: number[] = [];
  begun = 0;
  completed = 0;
  tokens = 0;
  compared = 0;
  different = 0;
  readonly errors: Record<string, number> = {};
  readonly #startedAt = performance.now();
  readonly #plan: ChatPlan;

  constructor(plan: ChatPlan) {
    this.#plan = plan;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get isWatched(): boolean {
    const { goesOnMs, watchedFromMs } = this.#plan;
    const { elapsedMs } = this;
    return elapsedMs >= watchedFromMs && (goesOnMs === 0 || elapsedMs < goesOnMs);
  }

  count(error: string): void {
    this.errors[error] = (this.errors[error] ?? 0) + 1;
  }
}

async function user(plan: ChatPlan, n: number, tally: Tally): Promise<void> {
  const connection = new HttpConnection(plan.origin, { "X-User-ID": `bench-${n}` });
  try {
    do await chat(connection, tally, { isCompared: tally.begun++ % plan.comparesEvery === 0 });
    while (tally.elapsedMs < plan.goesOnMs);
  } catch (error) {
    tally.count(String(error));
  } finally {
    connection.close();
  }
}

async function chat(
  connection: HttpConnection,
  tally: Tally,
  { isCompared }: { readonly isCompared: boolean },
): Promise<void> {
  const startedAt = performance.now();
  const body = toAscii(JSON.stringify({ message: question }));
  const request = { method: "POST", path: "/api/v1/chat/messages", body } as const;
  const response = await connection.send(request);
  if (response.status !== 202) return tally.count(`send ${response.status}`);
  const { stream_url, chat_id } = JSON.parse(response.body);
  let text = "";
  let texts = 0;
  let end: string | undefined;
  const onEvent = ({ event = "", data }: EventSourceMessage): void => {
    if (event === "token" || event === "snapshot") {
      if (texts++ === 0 && tally.isWatched) tally.firstMs.push(performance.now() - startedAt);
      // Only where it is looked at: to read it costs the machine as much as to receive it.
      if (isCompared) text = (event === "token" ? text : "") + JSON.parse(data).text;
    } else if (event === "done" || event === "failed") {
      end = event;
    }
  };
  await connection.follow(stream_url, {}, { onEvent });
  tally.tokens += texts;
  if (end !== "done") return tally.count(end === undefined ? "stream cut" : "answer failed");
  tally.completed++;
  if (tally.isWatched) tally.doneMs.push(performance.now() - startedAt);
  if (!isCompared) return;
  const path = `/api/v1/chat/${chat_id}`;
  const { messages } = JSON.parse((await connection.send({ method: "GET", path })).body);
  tally.compared++;
  if (messages.at(-1)?.content !== text) tally.different++;
}

/** The client takes one character for a byte, in what it sends and in what it gets. */
function toAscii(json: string): string {
  return json.replaceAll(
    /[^ -~]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
