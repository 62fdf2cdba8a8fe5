import type { EventSourceMessage } from "eventsource-parser";
import { answerParent } from "../harness/child.ts";
import { HttpConnection } from "./http-connection.ts";

/** The chats of one run, in a process of their own so that their CPU is counted apart. */
export interface ChatPlan {
  readonly origin: string;
  readonly chats: number;
  /** Over which they begin, evenly. */
  readonly arrivalMs: number;
  /** Every n-th is compared with what is stored. */
  readonly comparesEvery: number;
}

export interface ChatReport {
  /** One a chat, from the request to the first text. */
  readonly firstMs: readonly number[];
  /** One a completed chat, from the request to `done`. */
  readonly doneMs: readonly number[];
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
  const report = { firstMs: [], doneMs: [], tokens: 0, compared: 0, different: 0, errors: {} };
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (let n = 0; n < plan.chats; n++) {
    const dueAt = startedAt + (n / plan.chats) * plan.arrivalMs;
    if (dueAt > performance.now()) await Bun.sleep(dueAt - performance.now());
    running.push(chat(plan, n, report));
  }
  await Promise.race([Promise.all(running), Bun.sleep(endMsMax)]);
  return report;
}

interface Tally {
  readonly firstMs: number[];
  readonly doneMs: number[];
  tokens: number;
  compared: number;
  different: number;
  readonly errors: Record<string, number>;
}

async function chat(plan: ChatPlan, n: number, tally: Tally): Promise<void> {
  const connection = new HttpConnection(plan.origin, { "X-User-ID": `bench-${n}` });
  const count = (error: string): void => {
    tally.errors[error] = (tally.errors[error] ?? 0) + 1;
  };
  try {
    const startedAt = performance.now();
    const body = toAscii(JSON.stringify({ message: question }));
    const request = { method: "POST", path: "/api/v1/chat/messages", body } as const;
    const response = await connection.send(request);
    if (response.status !== 202) return count(`send ${response.status}`);
    const { stream_url, chat_id } = JSON.parse(response.body);
    let text = "";
    let end: string | undefined;
    const onEvent = ({ event = "", data }: EventSourceMessage): void => {
      if (event === "token" || event === "snapshot") {
        if (text === "") tally.firstMs.push(performance.now() - startedAt);
        tally.tokens++;
        const piece = JSON.parse(data).text;
        text = event === "snapshot" ? piece : text + piece;
      } else if (event === "done" || event === "failed") {
        end = event;
        if (event === "done") tally.doneMs.push(performance.now() - startedAt);
      }
    };
    await connection.follow(stream_url, {}, { onEvent });
    if (end !== "done") return count(end === undefined ? "stream cut" : "answer failed");
    if (n % plan.comparesEvery === 0) {
      const path = `/api/v1/chat/${chat_id}`;
      const { messages } = JSON.parse((await connection.send({ method: "GET", path })).body);
      tally.compared++;
      if (messages.at(-1)?.content !== text) tally.different++;
    }
  } catch (error) {
    count(String(error));
  } finally {
    connection.close();
  }
}

/** The client takes one character for a byte, in what it sends and in what it gets. */
function toAscii(json: string): string {
  return json.replaceAll(
    /[^ -~]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
